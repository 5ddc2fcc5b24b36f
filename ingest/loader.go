package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"chiso/ingest/archive"
	"chiso/ingest/parse"
	"chiso/ingest/service766"
	"chiso/ingest/table"
	"chiso/reform"
	"chiso/reform/viet"
	"chiso/store"
)

// Loader loads documents. Catalog must be there; DB and Archive too, but for dry
// runs. Its methods are called by one goroutine at a time; several Loaders, in one
// process or in many, take turns on an Archive.
type Loader struct {
	DB       *store.DB
	Archive  *archive.Archive
	Catalog  *reform.Catalog
	Kinds    []parse.Kind // nil: DefaultKinds
	Now      func() time.Time
	Logger   *slog.Logger   // nil: discards
	Progress func(Progress) // nil: nobody looks
	Client   *http.Client   // nil: one with a timeout
	Limits   parse.Limits   // zero fields: parse.DefaultLimits

	// After is called when a document was taken or refused, outside of the lock of the
	// loads; nil: nobody looks. It can refuse nothing: what is loaded is loaded.
	After func(context.Context, Report)

	at, of int // document of how many, in LoadAll
}

// Job is one document to load, and what a person says about it.
type Job struct {
	// The document is the file at Path; or what Reader gives, under the file name Name; or what is fetched from URL.
	Path   string
	Reader io.Reader
	Name   string
	URL    string // the document's address, also where it is not fetched

	Kind      string // name of a kind; "": detected by content
	Source    string // name of the series in which a later document replaces this one; "": kind and file name
	Title     string
	Issuer    string
	Number    string // of a decision
	Date      string // of publication: ISO day, month or year
	Authority reform.Authority
	Options   map[string]string // of the parser: see the Opt constants of parse

	SetAside bool        // load the good rows of a document with problems
	DryRun   bool        // read and check only
	Sink     reform.Sink // takes the facts of a dry run as they would be loaded
}

// name is how the job's document is called in messages.
func (j Job) name() string {
	switch {
	case j.Path != "":
		return j.Path
	case j.Reader != nil && j.Name != "":
		return j.Name
	case j.URL != "":
		return publicAddress(j.URL)
	}
	return j.Name
}

// publicAddress is an address without the user and password that may stand in
// it: it is stored, shown and logged.
func publicAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		return address
	}
	u.User = nil
	return u.String()
}

// validate refuses what no document could make right.
func (j Job) validate(now time.Time) error {
	if j.Path == "" && j.Reader == nil && j.URL == "" {
		return fmt.Errorf("no document is given: a file, a folder or an address is needed: %w", reform.ErrInvalid)
	}
	if j.Date != "" {
		t, _, err := reform.ParsePartialDate(j.Date)
		if err != nil {
			return fmt.Errorf("date of the document: %w", err)
		}
		if t.After(now.Add(24 * time.Hour)) {
			return fmt.Errorf("date of the document %s lies in the future: %w", j.Date, reform.ErrInvalid)
		}
	}
	if j.Authority > reform.AuthorityThirdParty {
		return fmt.Errorf("authority %d: want 1 (official) to 5 (third party): %w", j.Authority, reform.ErrInvalid)
	}
	for k := range j.Options {
		if !slices.Contains(knownOptions, k) {
			return fmt.Errorf("option %q: known are %s: %w", k, strings.Join(knownOptions, ", "), reform.ErrInvalid)
		}
	}
	if len(j.Source) > 200 || len(j.Title) > 2000 {
		return fmt.Errorf("the name of the source or the title is too long: %w", reform.ErrInvalid)
	}
	return nil
}

var knownOptions = []string{parse.OptIndex, parse.OptBasis, parse.OptPeriod, parse.OptScheme, parse.OptScope, parse.OptStage, parse.OptUnit, parse.OptSheet, parse.OptNumbers, table.OptMapping, service766.OptBindings}

// how says in one line how a document was read, where a person steered that. The same
// bytes read in another way are another load.
func (j Job) how() string {
	var parts []string
	if j.Kind != "" {
		parts = append(parts, "kind="+j.Kind)
	}
	for _, k := range slices.Sorted(maps.Keys(j.Options)) {
		v := j.Options[k]
		if strings.ContainsRune(v, '\n') || len(v) > 200 {
			// A whole mapping file: which one matters, not its text.
			sum := sha256.Sum256([]byte(v))
			v = hex.EncodeToString(sum[:8])
		}
		if v != "" {
			parts = append(parts, k+"="+v)
		}
	}
	return strings.Join(parts, " ")
}

// copySuffix is what browsers and people add to the name of a second copy.
var copySuffix = regexp.MustCompile(`(?i)(?:\s*\(\d+\)|[ _-]+copy(?:[ _-]*\d+)?|[ _-]+bản sao)$`)

// sourceOf is the series of a document of which nobody named one: the kind and the
// file's name, without what copying adds. So "PCI_2010 (1).xls" replaces
// "pci_2010.xls", and "PCI_2011.xls" does not.
func sourceOf(kind, fileName, address string) string {
	base := viet.NFC(filepath.Base(fileName))
	base = strings.TrimSuffix(base, filepath.Ext(base))
	base = copySuffix.ReplaceAllString(base, "")
	slug := viet.Slug(base)
	if slug == "" {
		slug = "document"
	}
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		// Many sites serve every document as "download": the folder tells them apart.
		slug = strings.TrimPrefix(u.Hostname(), "www.") + strings.TrimSuffix(path.Dir("/"+strings.TrimPrefix(u.Path, "/")), "/") + "/" + slug
	}
	return kind + ":" + slug
}

func (l *Loader) now() time.Time {
	if l.Now != nil {
		return l.Now().UTC()
	}
	return time.Now().UTC()
}

func (l *Loader) log() *slog.Logger {
	if l.Logger != nil {
		return l.Logger
	}
	return slog.New(slog.DiscardHandler)
}

func (l *Loader) kinds() []parse.Kind {
	if l.Kinds != nil {
		return l.Kinds
	}
	return DefaultKinds()
}

func (l *Loader) progress(p Progress) {
	if l.Progress == nil {
		return
	}
	if p.Documents == 0 {
		p.Document, p.Documents = max(l.at, 1), max(l.of, 1)
	}
	l.Progress(p)
}

// ofEngine reports whether an error is the database's: then the next document
// fares no better.
func ofEngine(err error) bool {
	var e engineError
	return errors.As(err, &e)
}

// engineError marks what failed in the database and not in the document.
type engineError struct{ error }

func (e engineError) Unwrap() error { return e.error }
