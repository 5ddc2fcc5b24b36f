// Package parse holds what every parser of documents shares: what it is given,
// what it answers, the limits that it works under, and the checks of single facts.
//
// A parser is pure: it reads one document and the catalogue, hands facts and
// problems to a sink, and knows neither the database nor the network.
package parse

import (
	"context"
	"io"
	"time"

	"chiso/reform"
)

// File is the random access that workbooks and two-pass readers need. An
// *os.File and a *bytes.Reader are Files.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// The options that a person or a source's configuration may give a parser. They
// say what the document itself leaves out; a document that says otherwise wins, with a problem.
const (
	OptIndex  = "index"  // index code, for files of one index without an index column
	OptBasis  = "basis"  // basis code
	OptPeriod = "period" // "2019", "2025-10": for files of one period
	OptScheme = "scheme" // "vn63": where the period alone does not tell
	OptScope  = "scope"  // scope of the ranks in the file
	OptStage  = "stage"  // "self" for self-assessed scores
	OptUnit   = "unit"   // key of the unit that the whole file speaks of
	OptSheet  = "sheet"  // read this sheet only
	// OptNumbers is "comma" or "point": what the decimal sign of the file is, for columns that do not show it.
	OptNumbers = "numbers"
)

// Input is one document to read.
type Input struct {
	Name    string // file name or address: a hint about the year, never the judge of the kind
	URL     string // address of the document, "" where nobody said it
	Title   string // and what else a person or a source says of it
	Date    string // of publication: ISO day, month or year
	File    File
	Size    int64
	Options map[string]string
	Now     func() time.Time // nil: time.Now
	Limits  Limits           // zero fields: DefaultLimits
}

// Option is the value of an option, or "".
func (in Input) Option(name string) string { return in.Options[name] }

// Today is the time by the input's own clock.
func (in Input) Today() time.Time {
	if in.Now != nil {
		return in.Now()
	}
	return time.Now()
}

// Reader is a fresh reader over the whole document, independent of earlier ones.
func (in Input) Reader() *io.SectionReader { return io.NewSectionReader(in.File, 0, in.Size) }

// Bytes is the whole document in memory; it refuses what is over the limit.
func (in Input) Bytes() ([]byte, error) {
	lim := in.Limits.OrDefault()
	if in.Size > lim.Bytes {
		return nil, TooLarge("the file", in.Size, lim.Bytes, "bytes")
	}
	b := make([]byte, in.Size)
	if _, err := io.ReadFull(in.Reader(), b); err != nil {
		return nil, err
	}
	return b, nil
}

// Probe is what kind detection may look at: little, and cheap to have.
type Probe struct {
	Name string
	Size int64
	Head []byte // the first bytes, at most HeadSize
	// Preview is the first rows of every sheet of a workbook or delimited text, read once
	// at the first call. It fails where the document is neither.
	Preview func() (Preview, error)
}

// HeadSize is how many first bytes a Probe carries.
const HeadSize = 64 << 10

// Preview is the beginning of every sheet as text.
type Preview struct {
	Format string // xlsx, xls, csv
	Sheets []SheetPreview
}

// SheetPreview is the beginning of one sheet.
type SheetPreview struct {
	Name string
	Rows [][]string
}

// Certainty is how sure a kind is that a document is its own: 0 (not mine) to
// 100. The kind with the highest certainty reads the document.
type Certainty = int

// Kind is one kind of document and its parser. The ingest core lists the kinds.
type Kind struct {
	Name   string // "pci"
	Title  reform.Text
	Detect func(Probe) Certainty
	Parse  func(context.Context, Input, *reform.Catalog, reform.Sink) (Result, error)
	// MayBeEmpty says that a document of this kind without a fact is no mistake: many an article has none.
	MayBeEmpty bool
}

// Result says how a document was understood, so that a person can check the
// mapping before anything is loaded. It is filled as far as the parse came, also
// beside an error.
type Result struct {
	Kind    string          `json:"kind"`
	Title   string          `json:"title"`  // as the document names itself, "" where it does not
	Issuer  string          `json:"issuer"` // of official files
	Index   string          `json:"index"`  // "" where rows differ
	Basis   string          `json:"basis"`
	Scheme  reform.Scheme   `json:"scheme"`
	Periods []reform.Period `json:"periods"` // in the order met
	// Authority is what the kind of document stands for (a publisher's own file is official); 0: the source says.
	Authority reform.Authority `json:"authority"`
	Rows      int              `json:"rows"`  // data rows read
	Facts     int              `json:"facts"` // facts handed to the sink
	Mapping   Mapping          `json:"mapping"`
}

// Mapping is what a parser took each sheet and column for.
type Mapping struct {
	Layout string         `json:"layout"` // "tidy", "pairs", "flat" ...
	Sheets []SheetMapping `json:"sheets"`
}

// SheetMapping is one sheet: read, or left out for a reason.
type SheetMapping struct {
	Name    string          `json:"name"`
	Read    bool            `json:"read"`
	Reason  string          `json:"reason"`      // why it was left out, in English
	Header  string          `json:"header_rows"` // "1-3"
	Data    string          `json:"data_rows"`   // "4-66"
	Columns []ColumnMapping `json:"columns"`
}

// ColumnMapping is one column.
type ColumnMapping struct {
	Column    string `json:"column"`    // "C"
	Heading   string `json:"heading"`   // as the document has it
	Meaning   string `json:"meaning"`   // "score", "place", "unit" ...; "" not understood and left out
	Component string `json:"component"` // of score columns, "" the total
	Numbers   string `json:"numbers"`   // "comma", "point", "number" (typed cells), "integer"; "" no numbers
	Note      string `json:"note"`
}

// AddPeriod appends a period that was not met yet.
func (r *Result) AddPeriod(p reform.Period) {
	for _, q := range r.Periods {
		if q == p {
			return
		}
	}
	r.Periods = append(r.Periods, p)
}
