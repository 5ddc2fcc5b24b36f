package charts

import (
	"strings"
	"time"

	"chiso/reform/words"
)

// Provenance is what travels with a picture into every file that it leaves as: what
// it is, what is to be said of it, where its numbers come from and where it can be seen again.
type Provenance struct {
	Lang     string
	Title    string
	Subtitle string
	Alt      string
	Notes    []string
	Sources  []Reference
	Link     string // address that shows the same picture again
	Rev      uint64 // of what was loaded; 0 unknown
}

// Reference is a source with the address of its document.
type Reference struct {
	Source
	Link string
}

// maxFooterSources is how many sources stand below a picture; a file's data has them all.
const maxFooterSources = 6

// maxSourceLetters is where a citation below a picture is cut; a file's data has the whole.
const maxSourceLetters = 200

// ProvenanceOf gathers what a picture carries. href gives the address of a document's page.
func ProvenanceOf(p *Picture, lang, link string, rev uint64, href func(document string) string) Provenance {
	out := Provenance{Lang: words.Lang(lang), Title: plain(p.Title), Subtitle: plain(p.Subtitle), Alt: plain(p.Alt), Link: link, Rev: rev}
	for _, n := range p.Notes {
		out.Notes = append(out.Notes, plain(n))
	}
	for _, s := range p.Sources {
		s.Label = plain(s.Label)
		out.Sources = append(out.Sources, Reference{s, href(s.Document)})
	}
	return out
}

// Date is the day of the newest source, as exact as it is known: the date of the data. It
// is zero where no source tells. Files take it as their date, and never the hour at which
// they were made, so that the same picture is the same file.
func (p *Provenance) Date() time.Time {
	var newest time.Time
	for _, s := range p.Sources {
		for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
			if at, err := time.Parse(layout, s.Date); err == nil && at.After(newest) {
				newest = at
			}
		}
	}
	return newest
}

// FileDate is Date, or where that is unknown the moment up to which data were loaded, or a fixed
// day, for formats that must have one.
func (p *Provenance) FileDate() time.Time {
	if d := p.Date(); !d.IsZero() {
		return d
	}
	// A revision counts the microseconds at which a run was committed.
	if p.Rev > 1e15 && p.Rev < 1e16 {
		return time.UnixMicro(int64(p.Rev)).UTC().Truncate(time.Second)
	}
	return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
}

// SourceLine names the sources in one sentence: the first few, and how many more there are.
func (p *Provenance) SourceLine() string {
	if len(p.Sources) == 0 {
		return words.T(p.Lang, "files.nosource")
	}
	var names []string
	for i, s := range p.Sources {
		if i == maxFooterSources {
			break
		}
		names = append(names, cut(s.Label, maxSourceLetters))
	}
	out := words.T(p.Lang, "files.source", "list", strings.Join(names, "; "))
	if n := len(p.Sources) - len(names); n > 0 {
		out += words.T(p.Lang, "files.more", "n", n)
	}
	return out
}

// SourceNumber is what stands before the source of a list, counted from 0: "Nguồn 1:".
func (p *Provenance) SourceNumber(i int) string {
	return words.T(p.Lang, "files.sourceno", "n", i+1)
}

// LinkLine says where the picture can be seen again.
func (p *Provenance) LinkLine() string { return words.T(p.Lang, "files.link", "link", p.Link) }

// Footer is what stands below the picture in a file, a paragraph a line. The page prints the
// same beside the picture, as text with links.
func (p *Provenance) Footer() []string {
	out := make([]string, 0, len(p.Notes)+2)
	out = append(out, p.Notes...)
	out = append(out, p.SourceLine())
	if p.Link != "" {
		out = append(out, p.LinkLine())
	}
	return out
}

// Ink gives the colours of text, of secondary text and of thin lines in a theme.
func Ink(t Theme) (text, muted, line string) {
	c := theme(t)
	return c.text, c.muted, c.grid
}
