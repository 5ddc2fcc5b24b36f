package dashboard

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"chiso/reform"
)

// Excerpts shows the place in a held document where a number stands. cmd puts the readers
// of the ingest room behind it.
type Excerpts interface {
	// Excerpt shows the place that locator names; quote are the words that carry the number.
	// A place that can't be shown is reform.ErrNotFound.
	Excerpt(ctx context.Context, d reform.Document, locator, quote string) (Excerpt, error)
}

// Excerpt is a place in a document: rows of a table, or a text with words marked.
type Excerpt struct {
	Place   string
	Columns []string
	Rows    []ExcerptRow
	Before  string
	Hit     string
	After   string
	Cut     bool // more stands before or behind
}

// ExcerptRow is a row of a sheet.
type ExcerptRow struct {
	Number string
	Cells  []string
	Here   bool
	Cell   int // the cell that is meant; -1 the row as a whole
}

// mostPlace bounds what an address says of a place.
const mostPlace = 300

type placeView struct {
	Locator, Quote string
	Excerpt        *Excerpt
	Why            string // why it can't be shown
}

// placeHref is the page of a held document with a place in it shown; "" where there are no bytes or no place.
func (s *Server) placeHref(d reform.Document, locator, quote string) string {
	if !d.Held || s.opt.Archive == nil || s.opt.Excerpts == nil || locator == "" {
		return ""
	}
	q := url.Values{"at": {clip(locator, mostPlace)}}
	if quote != "" {
		q.Set("quote", clip(quote, mostPlace))
	}
	return documentHref(d.ID) + "?" + q.Encode() + "#place"
}

// factPlace is where a record's number stands: in its document, or, where that is only
// cited, in the file that cites it.
func (s *Server) factPlace(ctx context.Context, r reform.FactRecord) string {
	for _, id := range []string{r.Document, r.Carrier} {
		if id == "" {
			continue
		}
		d, err := s.documentOf(ctx, id)
		if err != nil {
			continue // the row says its document all the same
		}
		// What stands in a cited paper is not looked for in the file that cites it.
		if id == r.Carrier && id != r.Document && !strings.HasPrefix(r.Fact.Locator, "line ") && !strings.Contains(r.Fact.Locator, "!") {
			continue
		}
		if href := s.placeHref(d, r.Fact.Locator, r.Fact.Quote); href != "" {
			return href
		}
	}
	return ""
}

// place shows a place of a document; a place that can't be shown is said, never an error of the page.
func (s *Server) place(ctx context.Context, d reform.Document, locator, quote string, b Base) (*placeView, error) {
	v := &placeView{Locator: locator, Quote: quote}
	if !d.Held || s.opt.Archive == nil || s.opt.Excerpts == nil {
		v.Why = b.T("place.cited")
		return v, nil
	}
	e, err := s.opt.Excerpts.Excerpt(ctx, d, locator, quote)
	switch {
	case errors.Is(err, reform.ErrNotFound), errors.Is(err, reform.ErrInvalid), errors.Is(err, reform.ErrTooLarge), errors.Is(err, reform.ErrTimeout):
		s.log.InfoContext(ctx, "place not shown", "document", d.ID, "locator", locator, "error", err)
		v.Why = b.T("place.cannot")
		return v, nil
	case err != nil:
		return nil, err
	}
	v.Excerpt = &e
	if e.Hit == "" && len(e.Rows) == 0 {
		v.Why = b.T("place.page")
	}
	return v, nil
}

// placeOfView is a place with the words of its page.
type placeOfView struct {
	Place *placeView
	Words Base
}
