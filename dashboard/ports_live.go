package dashboard

import (
	"context"

	"chiso/reform"
)

// liveReader answers the questions of the live page.
type liveReader interface {
	// Live is the table of now of one type of unit, beside what it was on earlier days.
	Live(ctx context.Context, q reform.LiveQuestion) (reform.LiveTable, error)
	// LiveTrend is one component of units day by day.
	LiveTrend(ctx context.Context, q reform.LiveTrendQuestion) ([]reform.LiveLine, error)
}
