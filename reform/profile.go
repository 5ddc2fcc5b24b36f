package reform

// MovedQuestion asks what moved among the components of one unit, in every index.
type MovedQuestion struct {
	Unit UnitKey
	View View
}

// Moved is what moved in one index: the newest edition of a unit with scores of
// first-level components against the nearest earlier one of the same basis and
// kind of period. Where there is no such earlier edition, Prev is zero and Moves is empty.
type Moved struct {
	Index        string
	Basis        string
	Unit         UnitKey // the key that the newer edition measured it under
	Period, Prev Period
	Moves        []ComponentMove // in the catalogue's order
}

// ComponentMove is one component in two editions. A component of which the maximum
// changed between them, or that a severing break divides, is none.
type ComponentMove struct {
	Component       string
	Unit, PrevUnit  UnitKey // the keys it was measured under: an older one of the line may come before
	Score, Previous Number
	Change          Number // Score less Previous
	Max             Number
	From, PrevFrom  Measure
	Status          Status
	AcrossBreak     bool // the rules changed in between: drawn hollow
}

// DerivedQuestion asks for the history that a unit of 34 would have had: the plain
// mean of the provinces that it was made of, as the Ministry did it for DTI 2024.
type DerivedQuestion struct {
	Index string
	Unit  UnitKey // "vn34:80"
	View  View
}

// DerivedHistory is never the unit's own line: every value in it is computed from
// those of other units, and is to be labelled so.
type DerivedHistory struct {
	Index   string
	Unit    UnitKey
	Members []UnitKey // that it was made of
	Points  []DerivedPoint
}

// DerivedPoint is one edition of the 63 provinces. Score is missing where one of the
// members has none: a mean of the others would be another unit's.
type DerivedPoint struct {
	Period  Period
	Basis   string
	Score   Number // plain mean, six decimals
	Max     Number // where it is the same for all members
	Place   int    // among the 34, where all 34 values exist; else 0
	Of      int
	Known   int // units of the 34 with a value
	Members []DerivedMember
	Status  Status
}

// DerivedMember is the value of one of the former provinces.
type DerivedMember struct {
	Unit  UnitKey
	Score Number // missing: not known
	From  Measure
}
