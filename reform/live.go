package reform

import "time"

// LiveIndex is the index whose sources change their figures from hour to hour.
const LiveIndex = "s766"

// LiveQuestion asks for the table of now of one type of unit: what the portal says of a
// period, beside what it said of the same period yesterday, a week ago and at the end of last month.
type LiveQuestion struct {
	Index    string     // "" LiveIndex
	UnitType UnitType   // "" province
	Parent   UnitKey    // the province of departments and communes; "" all
	Kind     PeriodKind // "" that of Period, else year
	Period   Period     // zero: the newest of the kind of which a total is known
	Basis    string     // "" the newest of the period
	Parts    bool       // the criteria of the groups too
	Totals   bool       // no groups: of thousands of units they cost seconds
	// Read is when the source of a basis was last read to its end. Equal values add no fact, so
	// the newest fact alone does not say until when a value held. It counts for provinces
	// and open periods, which every visit asks for.
	Read map[string]time.Time
	View View
}

// LiveTable is the answer. Rows are ordered by place, then score, then name; a value that is
// not known is missing, never zero.
type LiveTable struct {
	Index    string
	Basis    string
	Scheme   Scheme
	UnitType UnitType
	Parent   UnitKey
	Period   Period
	Periods  []LivePeriod // all that can be asked for of this type, newest first; of all kinds and bases

	// Day is the day of "now" in Hà Nội: that of the newest reading, or of the last visit to
	// the source where that is later. The other days are what the values beside it are as of.
	Day, Yesterday, Week, MonthEnd time.Time

	ObservedAt  time.Time // newest value of the table
	Open        bool      // the period was not over on Day
	Provisional bool      // a total is provisional
	Coverage    Coverage
	Complete    bool // every unit is there, or, below the provinces, all that the source lists
	Rows        []LiveRow
}

// LivePeriod is a period of which totals are known.
type LivePeriod struct {
	Period Period
	Basis  string
	Scheme Scheme
	Units  int
	Newest time.Time
}

// LiveRow is one unit of a LiveTable.
type LiveRow struct {
	Unit     UnitKey
	UnitName string // as the source wrote it last
	Total    LiveValue
	// Published is a place that a document prints, with what it is out of; apart from ours.
	Published, PublishedOf int
	PublishedFrom          Measure
	Groups                 []LivePart // of the first level, in the catalogue's order; those known
}

// LivePart is a component of the total, with its own parts.
type LivePart struct {
	Component string
	LiveValue
	Parts []LivePart
}

// LiveValue is a value of now with those of before, all of one basis and period.
type LiveValue struct {
	Score, Max Number
	Place, Of  int // counted by us, ties sharing a place; 0 where the set is not whole
	Status     Status
	From       Measure

	Yesterday, Week, MonthEnd LivePast
	// Revised says that the value changed after its period was over; nil: it did not.
	Revised *LiveRevision
}

// LivePast is what a value was at the end of an earlier day.
type LivePast struct {
	Score      Number
	ObservedAt time.Time // when the source said it: the value held until the next
	Place, Of  int
}

// LiveRevision is a value of a closed period that the source changed later.
type LiveRevision struct {
	Before, After Number
	Since         time.Time // when the value before was read
	At            time.Time // when the new one was
}

// LiveTrendQuestion asks for one component of units day by day.
type LiveTrendQuestion struct {
	Index     string // "" LiveIndex
	Units     []UnitKey
	Component string
	Kind      PeriodKind // "" that of Period, else year
	Period    Period     // zero: all of the kind
	Basis     string     // "" all
	View      View
}

// LiveLine is what one unit had in one period by one basis, day by day. Values of two periods
// or two portals are never one line.
type LiveLine struct {
	Unit      UnitKey
	UnitName  string
	Component string
	Basis     string
	Period    Period
	Days      []LiveDay      // those on which the source said something, oldest first
	Revisions []LiveRevision // changes after the period was over, oldest first
}

// LiveDay is the last value of a day; it holds until the next.
type LiveDay struct {
	Day        time.Time // midnight in Hà Nội
	Score, Max Number
	Status     Status
	From       Measure
}

// LiveDayOf is the day in Hà Nội on which t lies: the offices that read the numbers sit there.
func LiveDayOf(t time.Time) time.Time {
	t = t.In(Hanoi)
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, Hanoi)
}

// ClosedAt is the moment in Hà Nội from which a period is over.
func ClosedAt(p Period) time.Time {
	e := p.End()
	return time.Date(e.Year(), e.Month(), e.Day()+1, 0, 0, 0, 0, Hanoi)
}

// Hanoi is the zone of the days that offices read. Viet Nam has had one offset and no summer time
// since 1975, so it needs no table.
var Hanoi = time.FixedZone("+07", 7*60*60)
