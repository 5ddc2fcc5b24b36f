package reform

import "time"

// HeatmapQuestion asks for the places of all units of one scheme over all periods.
type HeatmapQuestion struct {
	Index     string
	Scheme    Scheme   // "" the scheme of the newest edition that is loaded
	UnitType  UnitType // "" province
	Component string
	Scope     string     // "" nation
	Kind      PeriodKind // "" year
	Basis     string     // "" all
	Stage     Stage
	View      View
}

// Heatmap is the answer to a HeatmapQuestion: what is not among the cells is not known.
type Heatmap struct {
	Index   string
	Scheme  Scheme
	Units   []UnitKey // in the catalogue's order; those with a cell only
	Periods []Period  // oldest first; those with a cell only
	Cells   []HeatCell
}

// FactQuestion asks for everything that was ever said of one number.
type FactQuestion struct {
	Index     string
	Unit      UnitKey
	Period    Period
	Component string
	Stage     Stage
	Basis     string // "" all
	Scope     string // of places; "" all
	View      View
}

// FactsQuestion asks for one page of the facts of a document.
type FactsQuestion struct {
	Document string
	Offset   int
	Limit    int // 0: 200, at most 1000
	View     View
}

// FactPage is one page of the facts of a document, in the order of the document.
type FactPage struct {
	Total uint64
	Facts []FactRecord
}

// ConflictQuestion asks for the numbers that documents give differently.
type ConflictQuestion struct {
	Index  string  // "" all
	Unit   UnitKey // "" all; with its lineage
	Period Period  // zero: all
	View   View
}

// UnitFacts says of which indices facts of a unit are loaded.
type UnitFacts struct {
	Unit     UnitKey
	UnitName string // as a document wrote it last; the catalogue's name is better where there is one
	UnitType UnitType
	Parent   UnitKey
	Facts    uint64
	Indices  []string
	Latest   Period // the newest period
}

// Counts says how much is loaded.
type Counts struct {
	Observations, Documents, Runs, Problems uint64
	Uncommitted                             uint64 // observations of runs that were never committed
	Review                                  uint64 // candidates that wait for a person
	Rev                                     uint64 // the newest committed revision
	Indices                                 []IndexCount
}

// IndexCount is how much of one index is loaded.
type IndexCount struct {
	Index  string
	Facts  uint64
	Units  uint64
	First  Period // by its end
	Last   Period
	Latest time.Time // newest observed_at
}
