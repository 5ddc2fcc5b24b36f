package dashboard

import (
	"context"

	"chiso/reform"
)

// fakeDataRoom is what the pages of search, compare, indices and the data room are answered from.
type fakeDataRoom struct {
	units []reform.UnitFacts // departments and communes
}

func (f *fakeReader) Correlations(_ context.Context, q reform.CorrelationQuestion) ([]reform.Correlation, error) {
	if err := f.check(); err != nil || q.Index != "papi" {
		return nil, err
	}
	return []reform.Correlation{
		{Index: "papi", Other: "par", Period: reform.YearPeriod(2016), Scheme: reform.VN63, N: 60, Rho: reform.Num("-0.312"), Coverage: reform.Coverage{Of: 63, WithScore: 63}, OtherCoverage: reform.Coverage{Of: 63, WithPlace: 60}, Measure: reform.MeasureScore, OtherMeasure: reform.MeasurePlace},
		{Index: "papi", Other: "sipas", Period: reform.YearPeriod(2016), Scheme: reform.VN63, N: 4, Measure: reform.MeasureScore, OtherMeasure: reform.MeasurePlace},
	}, nil
}
