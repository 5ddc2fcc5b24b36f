package reform

import (
	"time"
)

// RankKind says where a place comes from.
type RankKind string

// The kinds of rank.
const (
	Published RankKind = "published" // printed by the source
	Computed  RankKind = "computed"  // counted by us or a third party from scores
	Derived   RankKind = "derived"   // follows from words such as "tăng 3 bậc so với 2020"
)

// Status says how settled a fact is.
type Status string

// The statuses of a fact.
const (
	Final       Status = "final"
	Provisional Status = "provisional" // the period is open, or the source calls it temporary
	Review      Status = "review"      // a candidate that a person has not accepted; never among the numbers
)

// Scopes of a rank are the key of the unit within which it was counted:
// "nation", a region's key or a province's key.
const ScopeNation = "nation"

// Stage says which of the two totals of a PAR INDEX a fact is.
type Stage string

// The stages of an appraised index.
const (
	Official     Stage = ""     // appraised and announced
	SelfAssessed Stage = "self" // tự đánh giá, before the Ministry's appraisal
)

// Fact is one measured statement about one unit, period and component: a
// score, a place, or both, as a document gives it. Fields that the document does not
// give stay empty.
type Fact struct {
	Index     string   // "par"
	Basis     string   // "2948"; "" where the catalogue gives the index one basis only
	Unit      UnitKey  // "vn63:80"
	UnitName  string   // as the document writes it, NFC
	UnitType  UnitType // province
	Period    Period
	Component string // "" the total, else a component code of the basis
	Stage     Stage

	Score, Max             Number
	Numerator, Denominator Number

	Place     int      // 0: no place
	Of        int      // 0: denominator unknown
	OfPrinted bool     // the document itself printed Of; else it comes from the edition
	Scope     string   // "nation", "vn63:r:DBSCL", "vn63:80"; "" for a score without a place means nation
	RankKind  RankKind // "" when Place is 0

	Status     Status
	Note       string    // why a candidate for review is unsure, for the person who decides; "" for other facts
	ObservedAt time.Time // when the source said it; zero: the document's date, else the edition's day
	Locator    string    // sheet and cell, page, line, character offset
	Quote      string    // words of the document that carry the number; only of held documents
	Source     *Citation // the publication that a row of a tidy file cites; nil: the document itself
}

// Citation names a publication of which we hold facts, not the bytes.
type Citation struct {
	Title, Issuer, Number string
	Date                  string // ISO day, month or year, as far as it is known; "" unknown
	URL                   string
	Authority             Authority
}

// Authority orders sources that disagree: smaller is preferred.
type Authority uint8

// The authorities, best first.
const (
	AuthorityOfficial    Authority = 1 // a decision, or the publisher's own file
	AuthoritySite        Authority = 2 // the publisher's or a province's official site
	AuthorityAgencyPress Authority = 3 // press agencies and papers of agencies
	AuthorityPress       Authority = 4 // other press
	AuthorityThirdParty  Authority = 5 // data sets and tools of others
)

// Document is what a number can be traced to: held (its bytes are in the raw
// archive) or cited.
type Document struct {
	ID          string    `json:"id"` // hex SHA-256 of the bytes, or of the canonical citation
	Held        bool      `json:"held"`
	Kind        string    `json:"kind"`   // parser kind: tidy, pci, papi ...; "citation"
	Source      string    `json:"source"` // name of the series of documents that replace each other
	Title       string    `json:"title"`
	Issuer      string    `json:"issuer"`
	Number      string    `json:"number"`
	Date        string    `json:"date"` // of publication, ISO, as far as known
	URL         string    `json:"url"`
	FileName    string    `json:"file_name"`
	MIME        string    `json:"mime"`
	Size        int64     `json:"size"`
	Authority   Authority `json:"authority"`
	RetrievedAt time.Time `json:"retrieved_at"`
	Run         string    `json:"run"`
}

// Problem is what a parser or a check could not take: it is listed, with its
// place and text, and never guessed around.
type Problem struct {
	Code     string `json:"code"`      // stable name: unknown-unit, over-maximum, ambiguous-number ...
	Field    string `json:"field"`     // what was being read
	Locator  string `json:"locator"`   // sheet and cell, line, page
	Text     string `json:"text"`      // the text as found
	Reason   string `json:"reason"`    // a sentence for a person, in English
	ReasonVI string `json:"reason_vi"` // the same in Vietnamese
	// Warning problems do not refuse the document (a sum that the report itself gets wrong).
	Warning bool `json:"warning"`
}

// Sink takes what a parser finds, in the order of the document. An error of
// Fact ends the parse and is returned by the parser as it is.
type Sink interface {
	Fact(*Fact) error
	Problem(Problem)
}
