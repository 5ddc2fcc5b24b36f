package dashboard

import (
	"context"
	"io"
	"time"

	"chiso/charts/render"
	"chiso/reform"
)

// Reader answers the questions of the pages. It is declared here, where it is
// used, so that pages and error paths are tested without an engine.
type Reader interface {
	OwnReader
	DataRoomReader
	ProfileReader
	liveReader
	RankHistory(ctx context.Context, q reform.RankHistoryQuestion) ([]reform.RankSeries, error)
	Ranking(ctx context.Context, q reform.LeagueQuestion) (reform.League, error)
	Subscores(ctx context.Context, q reform.SubscoresQuestion) (reform.Subscores, error)
	Heatmap(ctx context.Context, q reform.HeatmapQuestion) (reform.Heatmap, error)
	// Overview gives the newest points of a unit's totals, one series for each index and kind of period.
	Overview(ctx context.Context, unit reform.UnitKey, latest int, v reform.View) ([]reform.RankSeries, error)
	// Editions lists what is loaded of index, newest first; "" asks for all indices.
	Editions(ctx context.Context, index string, v reform.View) ([]reform.EditionInfo, error)
	// Units lists the units of which facts are loaded, of one type and under one province ("" all).
	Units(ctx context.Context, typ reform.UnitType, parent reform.UnitKey, v reform.View) ([]reform.UnitFacts, error)
	Document(ctx context.Context, id string) (reform.Document, error)
	// Documents lists documents, newest first; those of one source where it is given.
	Documents(ctx context.Context, source string, limit, offset int, v reform.View) ([]reform.Document, error)
	FactsOfDocument(ctx context.Context, q reform.FactsQuestion) (reform.FactPage, error)
	// Fact is everything that was ever said of one number.
	Fact(ctx context.Context, q reform.FactQuestion) ([]reform.FactRecord, error)
	Conflicts(ctx context.Context, q reform.ConflictQuestion) ([]reform.Conflict, error)
	Runs(ctx context.Context, limit, offset int) ([]reform.Run, error)
	RunsOfDocument(ctx context.Context, document string) ([]reform.Run, error)
	Run(ctx context.Context, id string) (reform.Run, []reform.Problem, error)
	// Rev is the revision of what is loaded: it rises with every committed run.
	Rev(ctx context.Context) (uint64, error)
	// Sources lists the sources of the schedule: what came last and what is next.
	Sources(ctx context.Context) ([]reform.SourceState, error)
	// SourceRuns lists attempts to read a source, newest first.
	SourceRuns(ctx context.Context, source string, limit, offset int) ([]reform.SourceRun, error)
	// Checks lists what the checks found in a run.
	Checks(ctx context.Context, run string) ([]reform.CheckRow, error)
	// Revisions lists values of a run that replace others, and how many there are.
	Revisions(ctx context.Context, run string, limit int) ([]reform.Revision, uint64, error)
	// Candidates is one page of what waits for a person, or waited.
	Candidates(ctx context.Context, filter reform.CandidateFilter, limit, offset int) (reform.CandidatePage, error)
	Candidate(ctx context.Context, id string) (reform.Candidate, error)
	// Decisions lists what people decided, newest first.
	Decisions(ctx context.Context, filter reform.DecisionFilter, limit, offset int) ([]reform.DecisionRecord, error)
	// Scheduler is the instance that runs the schedule; none where its Instance is empty.
	Scheduler(ctx context.Context) (reform.SchedulerState, error)
}

// Scheduler reads sources when a person asks, and says whether this program runs the schedule.
type Scheduler interface {
	// StartNow begins to read a source and does not wait for the end; a source that is being
	// read already, or is switched off, is reform.ErrConflict.
	StartNow(ctx context.Context, name string) (reform.SourceRun, error)
	// Leading reports whether this program runs the schedule.
	Leading() bool
	// Refusal is the other program because of which this one does not schedule; nil: there is none.
	Refusal() *reform.SchedulerState
}

// Renderer draws a picture without a browser; charts/render has the real one.
type Renderer interface {
	SVG(ctx context.Context, in render.Input) ([]byte, error)
	PNG(ctx context.Context, svg []byte, scale float64) ([]byte, error)
	// Outline gives the same SVG with its text as paths.
	Outline(ctx context.Context, svg []byte) ([]byte, error)
}

// Archive opens the bytes of held documents.
type Archive interface {
	// Open gives the bytes of the document, or reform.ErrNotFound where only its citation is held.
	Open(documentID string) (io.ReadCloser, error)
}

// Health tells how the machine room is.
type Health interface {
	// Check returns nil while the engine answers.
	Check(ctx context.Context) error
}

// Loader loads what a person hands over in the page. cmd puts the ingest room
// behind it; the types are plain ones of this room.
type Loader interface {
	// Template makes the workbook to fill in for an edition.
	Template(ctx context.Context, t TemplateRequest) (*File, error)
	// DryRun reads the file and says what a load would do; it stores nothing.
	DryRun(ctx context.Context, u Upload) (*LoadReport, error)
	// Load stores the file: whole, or, where setAside is true, without the rows that have problems.
	Load(ctx context.Context, u Upload, setAside bool) (*LoadReport, error)
}

// TemplateRequest names the edition that a template workbook is for.
type TemplateRequest struct {
	Index  string
	Scheme reform.Scheme
	Period reform.Period
	Basis  string
	Lang   string
}

// File is bytes to download.
type File struct {
	Name        string
	ContentType string
	Bytes       []byte
}

// Upload is a file as a person handed it over. Path is where its bytes lie; Name
// is what the browser called it, and never a path of this machine.
type Upload struct {
	Path   string
	Name   string
	Size   int64
	Source string // name of the series of documents; "" taken from the file's name
	Index  string // the index where the file does not say it; "" unknown
	Period string // likewise

	mapping []byte // how the dry run understood it, to be downloaded
}

// LoadReport is what a dry run or a load found.
type LoadReport struct {
	Kind        string // "tidy", "pci", "papi"
	Document    string // SHA-256 of the bytes
	Known       bool   // the same bytes were loaded before: nothing to add
	Run         string // of a load; "" of a dry run
	Loaded      bool
	Mapping     []ColumnMapping
	Problems    []reform.Problem
	Facts       int
	Revisions   int
	Duplicates  int
	SetAside    int
	Review      int           // candidates that wait for a person, beside the facts
	MappingFile []byte        // how it was understood as a file to correct and keep; nil: no table
	Notes       []string      // what a sheet or page was taken for, or why it was left out
	Sample      []reform.Fact // the first facts, for the eye
	Editions    []LoadEdition // what the facts are of
}

// LoadEdition counts the facts of one edition in a file.
type LoadEdition struct {
	Index  string
	Period reform.Period
	Facts  int
}

// ColumnMapping says how a column or sheet of the file was understood.
type ColumnMapping struct {
	Place   string // "Sheet1!C"
	Heading string // as in the file
	Meaning string // field or component that it fills; "" left out
	Note    string // decimal sign, unit
}

// Clock is the time of day, so that tests stand still.
type Clock func() time.Time
