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

func (f *fakeReader) OpenProblems(_ context.Context, q reform.ProblemsQuestion) (reform.ProblemPage, error) {
	all := []reform.OpenProblem{
		{Problem: reform.Problem{Code: "unknown-unit", Locator: "2011!B7", Text: "Long Ann <b>", Reason: "no such province", ReasonVI: "không có tỉnh này"}, Run: "run-1", Document: docHeld, State: "refused", At: testNow},
		{Problem: reform.Problem{Code: "sum-differs", Locator: "đoạn 2", Text: "15266", Reason: "the sum differs", ReasonVI: "tổng không khớp", Warning: true}, Run: "run-1", Document: docSeed, State: "committed", At: testNow},
	}
	var page reform.ProblemPage
	for _, p := range all {
		if (q.Kind == "" || q.Kind == p.Problem.Code) && (q.Document == "" || q.Document == p.Document) {
			page.Problems = append(page.Problems, p)
		}
	}
	page.Total = uint64(len(page.Problems))
	return page, f.check()
}

func (f *fakeReader) RecentRevisions(context.Context, reform.RevisionsQuestion) (reform.RevisionPage, error) {
	r := reform.RevisionRecord{Run: "run-1", Document: docHeld, ObservedAt: testNow, LoadedAt: testNow, OldObservedAt: testNow.AddDate(-1, 0, 0)}
	r.Number = reform.NumberKey{Index: "papi", Unit: "vn63:80", Period: reform.YearPeriod(2016), Basis: "2011"}
	r.Score, r.OldScore = reform.Num("40.5"), reform.Num("39.25")
	return reform.RevisionPage{Total: 1, Revisions: []reform.RevisionRecord{r}}, f.check()
}

// fakeExcerpts shows one cell and one quotation.
type fakeExcerpts struct{}

func (fakeExcerpts) Excerpt(_ context.Context, _ reform.Document, locator, quote string) (Excerpt, error) {
	switch {
	case locator == "2011!B7":
		return Excerpt{Place: "2011", Columns: []string{"A", "B"}, Rows: []ExcerptRow{{Number: "7", Cells: []string{"<i>80", "Long An"}, Here: true, Cell: 1}}}, nil
	case quote != "":
		return Excerpt{Before: "xếp <b>hạng ", Hit: quote, After: " toàn quốc"}, nil
	}
	return Excerpt{}, reform.ErrNotFound
}
