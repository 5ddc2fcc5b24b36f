package reform

// Text is a text in the two languages of the screens.
type Text struct {
	VI string `yaml:"vi" json:"vi"`
	EN string `yaml:"en" json:"en"`
}

// In is the text in lang ("vi" or "en"); Vietnamese where there is no English.
func (t Text) In(lang string) string {
	if lang == "en" && t.EN != "" {
		return t.EN
	}
	return t.VI
}

// Index is one of the indices of the field, or one of the user's own.
type Index struct {
	Code      string     `yaml:"code" json:"code"`
	Name      Text       `yaml:"name" json:"name"`   // "Chỉ số cải cách hành chính"
	Short     Text       `yaml:"short" json:"short"` // "PAR INDEX"
	Publisher Text       `yaml:"publisher" json:"publisher"`
	About     Text       `yaml:"about" json:"about"`
	Unit      Text       `yaml:"unit" json:"unit"`             // of the total: "điểm", "%"
	UnitTypes []UnitType `yaml:"unit_types" json:"unit_types"` // what it ranks
	Scope     string     `yaml:"scope" json:"scope"`           // "nation", or "province" for rankings inside a province
	Since     int        `yaml:"since" json:"since"`
	Aliases   []string   `yaml:"aliases" json:"aliases"`
	Decimals  int        `yaml:"decimals" json:"decimals"` // usual precision in print
	Bases     []Basis    `yaml:"bases" json:"bases"`
	Breaks    []Break    `yaml:"breaks" json:"breaks"`
	Editions  []Edition  `yaml:"editions" json:"editions"`
	Counts    bool       `yaml:"counts" json:"counts"` // counts of cases, without a maximum (dossiers)
	Own       bool       `yaml:"-" json:"own"`         // from the user's own files
	// Search are further words under which the search box finds it. No document is
	// read by them, so they may be looser than aliases: "hài lòng".
	Search []string `yaml:"search" json:"-"`
}

// Basis is a set of rules under which an index was measured: scores of two
// bases are not points of one line.
type Basis struct {
	Code       string      `yaml:"code" json:"code"`
	Name       Text        `yaml:"name" json:"name"`
	Decision   string      `yaml:"decision" json:"decision"`
	From       string      `yaml:"from" json:"from"` // first and last period, as far as known; "" open
	To         string      `yaml:"to" json:"to"`
	Note       Text        `yaml:"note" json:"note"`
	Source     string      `yaml:"source" json:"source"`
	Max        Number      `yaml:"max" json:"max"` // of the total; missing where unknown
	Components []Component `yaml:"components" json:"components"`
	// Complete says that the components' maxima (or weighted maxima) add up to Max: the tree is whole.
	Complete bool `yaml:"complete" json:"complete"`
}

// Component is a part of a total. Codes of sub-components have the parent's code as Parent.
type Component struct {
	Code      string   `yaml:"code" json:"code"`
	Parent    string   `yaml:"parent" json:"parent"`
	Breakdown string   `yaml:"breakdown" json:"breakdown"` // "" the main tree; "source": by where points come from
	Name      Text     `yaml:"name" json:"name"`
	Max       Number   `yaml:"max" json:"max"`       // missing: unknown, and it stays unknown
	Weight    Number   `yaml:"weight" json:"weight"` // per cent in the total; missing: unknown or unweighted
	Aliases   []string `yaml:"aliases" json:"aliases"`
	Note      Text     `yaml:"note" json:"note"`
	Search    []string `yaml:"search" json:"-"` // as of an Index
}

// Break is a change of rules between two periods: a chart marks it, and a movement
// across it is drawn hollow.
type Break struct {
	Before string `yaml:"before" json:"before"` // last period of the old rules, "" where unknown
	After  string `yaml:"after" json:"after"`   // first period of the new ones
	Reason Text   `yaml:"reason" json:"reason"`
	Source string `yaml:"source" json:"source"`
	// Components lists the components that it concerns; empty: the total and all.
	Components []string `yaml:"components" json:"components"`
	// Severs says that what lies before and after is not the same thing measured
	// (the two portals of the 766 index): no line and no movement across it, not even a hollow one.
	Severs bool `yaml:"severs" json:"severs"`
}

// Edition is one publication of an index: its period, scheme and denominator.
type Edition struct {
	Period    string `yaml:"period" json:"period"`
	Basis     string `yaml:"basis" json:"basis"`
	Scheme    Scheme `yaml:"scheme" json:"scheme"`
	Of        int    `yaml:"of" json:"of"`               // units ranked; 0 unknown
	Announced string `yaml:"announced" json:"announced"` // ISO day, month or year
	Source    string `yaml:"source" json:"source"`
	Note      Text   `yaml:"note" json:"note"`
	// WeightsOff says that the basis' weights are known not to give this
	// edition's totals (PCI 2011), so a check by them would accuse good numbers.
	WeightsOff bool `yaml:"weights_off" json:"weights_off"`
	// Groups are the groups into which the publisher sorted the units of this edition,
	// as far as a source tells them. They hold for no other edition.
	Groups []Group `yaml:"groups" json:"groups,omitempty"`
}

// Group is a word of the publisher for a stretch of scores ("nhóm A", from 90 points), or for
// units that a source names.
type Group struct {
	Name   Text      `yaml:"name" json:"name"`
	From   Number    `yaml:"from" json:"from"`   // the least score; missing: open
	Below  Number    `yaml:"below" json:"below"` // the first score above it; missing: open
	Units  []UnitKey `yaml:"units" json:"units,omitempty"`
	Source string    `yaml:"source" json:"source"`
}

// Unit is a province, region, department and so on of one scheme.
type Unit struct {
	Key     UnitKey   `json:"key"`
	Scheme  Scheme    `json:"scheme"`
	Type    UnitType  `json:"type"`
	Name    string    `json:"name"` // current or last name
	NameEN  string    `json:"name_en"`
	Slug    string    `json:"slug"`    // ASCII, unique within the scheme
	Regions []UnitKey `json:"regions"` // of the 6-region scheme first, then the 8-region one
	Parent  UnitKey   `json:"parent"`
	// Names are dated names, oldest first; the last one is open.
	Names   []DatedText `json:"names"`
	Kinds   []DatedText `json:"kinds"` // "tỉnh", "thành phố": dated too
	Aliases []string    `json:"aliases"`
	ISO     string      `json:"iso"`
	// Note is what a reader of its numbers must know: a change of area that left it the same unit.
	Note Text `json:"note"`
}

// DatedText is a text in force until a day (ISO, included); "" is open.
type DatedText struct {
	Text  string `json:"text"`
	Until string `json:"until"`
}

// Merger says what became of a unit at the end of its scheme.
type Merger struct {
	Date     string  `json:"date"`
	Old      UnitKey `json:"old"`
	New      UnitKey `json:"new"`
	Relation string  `json:"relation"` // unchanged, merged_whole, merged_name_kept, merged_name_lost ...
	Basis    string  `json:"basis"`    // the resolution
	Source   string  `json:"source"`
}
