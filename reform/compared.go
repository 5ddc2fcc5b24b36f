package reform

// CorrelationQuestion asks how an index's order of provinces goes together with that of others.
type CorrelationQuestion struct {
	Index string
	View  View
}

// FewestCorrelated is how many units a correlation needs: of fewer, chance says more than the indices.
const FewestCorrelated = 10

// Correlation is how two indices order the same units in one period: Spearman's coefficient,
// ties sharing their mean rank, over the units known in both.
type Correlation struct {
	Index, Other            string
	Period                  Period
	Scheme                  Scheme
	Basis, OtherBasis       string
	Measure, OtherMeasure   string // MeasurePlace or MeasureScore: what ordered the units
	N                       int    // units known in both
	Coverage, OtherCoverage Coverage
	Rho                     Number // -1 to 1, three decimals; missing where N is below FewestCorrelated, or where all units tie
	Provisional             bool   // one of the two editions is
}
