package reform

import "time"

// View pins what a question may see. The zero View sees everything that is committed now.
type View struct {
	AsOf time.Time // only what sources had said by then; zero: now
	Rev  uint64    // only what had been loaded by that revision; 0: all
}

// Measure is one current value of a unit with where it came from. A place and
// a score of the same unit are measures of their own: they may come from
// different documents.
type Measure struct {
	Document   string // id; "" only where the whole Measure is empty
	Authority  Authority
	Status     Status
	Locator    string
	ObservedAt time.Time
	Run        string
}

// RankHistoryQuestion asks for places and scores over time.
type RankHistoryQuestion struct {
	Index     string
	Units     []UnitKey // each with the keys of its lineage added by the caller of the SQL
	Component string
	Scope     string // "nation", or a region's or province's key
	Kind      PeriodKind
	Basis     string // "" all
	Stage     Stage
	View      View
}

// RankPoint is one period of one unit's history. Place 0 is "no place known"; a
// period without a point is a gap, never zero and never a line across.
type RankPoint struct {
	Unit      UnitKey // the key it was measured under, which may be an older one of the lineage
	Period    Period
	Basis     string
	Place     int
	Of        int
	OfPrinted bool
	Scope     string
	RankKind  RankKind
	PlaceFrom Measure
	Score     Number
	Max       Number
	ScoreFrom Measure
	Status    Status
}

// RankSeries is the history of one unit in one index and scope, oldest first.
type RankSeries struct {
	Index     string
	Unit      UnitKey
	Component string
	Scope     string
	Kind      PeriodKind
	Points    []RankPoint
}

// LeagueQuestion asks for all units of one edition.
type LeagueQuestion struct {
	Index     string
	Period    Period
	Scheme    Scheme   // "" the edition's
	UnitType  UnitType // "" province
	Scope     string   // "nation", a region's or a province's key
	Component string
	Basis     string
	Stage     Stage
	View      View
}

// Standing is one row of a league table.
type Standing struct {
	Unit       UnitKey
	UnitName   string // as the document wrote it; "" use the catalogue
	Place, Of  int
	OfPrinted  bool
	RankKind   RankKind // Computed where we counted it from the scores of a complete edition
	PlaceFrom  Measure
	Score, Max Number
	ScoreFrom  Measure
	Status     Status
	Basis      string
	// PrevPlace and PrevOf are the place in the edition before, 0 where unknown or where the two can't be compared.
	PrevPlace, PrevOf int
	PrevScore         Number
	PrevPeriod        Period
	// AcrossBreak says that the rules changed in between: a movement is drawn hollow.
	AcrossBreak bool
	// ScopePlace and ScopeOf are the place within the League's region, beside the
	// national one; 0 where unknown, and always 0 where the scope is the nation or a province.
	ScopePlace, ScopeOf int
	ScopeOfPrinted      bool
	ScopeRankKind       RankKind
	ScopeFrom           Measure
	Components          []ComponentScore // of the basis' first level, in the catalogue's order; empty where none is known
}

// ComponentScore is a component's score of a unit, with its measure.
type ComponentScore struct {
	Component  string
	Score, Max Number
	Place, Of  int
	RankKind   RankKind
	From       Measure
}

// League is a league table with what must be known to read it.
type League struct {
	Index        string
	Period       Period
	Basis        string
	Scheme       Scheme
	UnitType     UnitType
	Scope        string
	Coverage     Coverage
	Prev         Period // the edition that movements are counted from; zero: none
	PrevComplete bool
	Rows         []Standing // by place, then score, then name; without either last
}

// Coverage says how much of an edition is known.
type Coverage struct {
	Of             int // units of the edition; 0 unknown
	WithPlace      int
	WithScore      int
	WithComponents int
	Components     int // component values known
}

// Complete reports whether every unit of the edition has a score, so that
// medians, bests and computed places mean what they say.
func (c Coverage) Complete() bool { return c.Of > 0 && c.WithScore >= c.Of }

// SubscoresQuestion asks for the components of one unit in one period.
type SubscoresQuestion struct {
	Index  string
	Unit   UnitKey
	Period Period
	Basis  string
	Stage  Stage
	View   View
}

// Subscore is one component of one unit, against its maximum and, in a
// complete edition, against the others.
type Subscore struct {
	Component  string
	Parent     string
	Score, Max Number
	Place, Of  int
	RankKind   RankKind
	Scope      string
	Status     Status
	From       Measure
	PlaceFrom  Measure
	// RegionPlace and RegionOf are a published place within Region, the unit's own; 0 where none is published.
	Region                UnitKey
	RegionPlace, RegionOf int
	RegionRankKind        RankKind
	// Known counts the units with this component; Median, Best and RegionMean are missing unless the component is known of all.
	Known                    int
	Median, Best, RegionMean Number
	BestUnits                []UnitKey
}

// Subscores is the answer: the total first where it is known, then components in the catalogue's order.
type Subscores struct {
	Index    string
	Unit     UnitKey
	Period   Period
	Basis    string
	Total    *RankPoint
	Rows     []Subscore
	Coverage Coverage
}

// EditionInfo is an edition of which facts are loaded.
type EditionInfo struct {
	Index       string
	Period      Period
	Basis       string
	Scheme      Scheme
	UnitType    UnitType
	Scope       string // "nation", or the province of a provincial ranking
	Coverage    Coverage
	Latest      time.Time // newest observed_at that a source gives; zero where only the day of fetching is known
	Provisional bool
}

// FactRecord is a stored fact with its provenance.
type FactRecord struct {
	Fact      Fact
	Document  string
	Carrier   string
	Authority Authority
	Run       string
	LoadedAt  time.Time
	ID        string // hex hash of the fact's content
	// PreferredPlace and PreferredScore mark the record that gives the place, or the
	// score, which the views show for the unit, period, basis, component and scope.
	PreferredPlace, PreferredScore bool
}

// HeatCell is one unit and period of a heat map.
type HeatCell struct {
	Row        UnitKey // the unit of the heat map's scheme on whose line it lies
	Unit       UnitKey // the key it was measured under, which may be an older one
	Period     Period
	RankKind   RankKind
	Place, Of  int
	Score, Max Number
	Basis      string
}

// Run is one loading of one document.
type Run struct {
	ID                                                string
	Source                                            string
	Kind                                              string
	Document                                          string
	State                                             string // started, committed, refused, failed
	StartedAt                                         time.Time
	EndedAt                                           time.Time
	Rev                                               uint64
	Facts, Revisions, Duplicates, Conflicts, Problems uint64
	Message                                           string
}

// Conflict is a number that two documents give differently.
type Conflict struct {
	Index     string
	Unit      UnitKey
	Period    Period
	Basis     string
	Component string
	Stage     Stage
	Scope     string
	Measure   string          // "score" or "place"
	Values    []ConflictValue // the preferred one first
	Settled   *Settlement     // nil: no person has decided
}

// Open reports whether the conflict waits for a person.
func (c Conflict) Open() bool { return c.Settled == nil || c.Settled.Outdated }

// Number names the number that c is about.
func (c Conflict) Number() NumberKey {
	return NumberKey{Index: c.Index, Basis: c.Basis, Unit: c.Unit, Period: c.Period, Component: c.Component, Stage: c.Stage, Scope: c.Scope, Measure: c.Measure}
}

// ConflictValue is one side of a conflict.
type ConflictValue struct {
	Value      string    `json:"value"`
	Document   string    `json:"document"`
	Authority  Authority `json:"authority"`
	ObservedAt time.Time `json:"observed_at"`
}

// Revision is a value of a run that replaces another of the same series of documents.
type Revision struct {
	Number          NumberKey // its Measure is empty: a row gives both
	Score, OldScore Number
	Place, OldPlace int
	Of, OldOf       int
}
