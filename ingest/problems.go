package ingest

import (
	"fmt"
	"sync"

	"chiso/ingest/parse"
	"chiso/reform"
)

const (
	// StoredProblems is how many problems and warnings of one document are kept; the rest is counted.
	StoredProblems = 10_000
	// ListedProblems is how many of them a report lists.
	ListedProblems = 200
)

// collector takes the problems of one document, from the parser and the checks at once.
type collector struct {
	mu       sync.Mutex
	stored   []reform.Problem // problems before warnings would lose the document's order: kept as they come
	problems int
	warnings int
	kept     [2]int // stored problems, stored warnings
}

func (c *collector) add(p reform.Problem) {
	c.mu.Lock()
	defer c.mu.Unlock()
	kind := 0
	if p.Warning {
		kind = 1
		c.warnings++
	} else {
		c.problems++
	}
	// A share for each kind, so that ten thousand warnings hide no problem.
	if c.kept[kind] < StoredProblems/2 {
		c.kept[kind]++
		c.stored = append(c.stored, clipped(p))
	}
}

// counts are the problems and warnings so far.
func (c *collector) counts() (problems, warnings int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.problems, c.warnings
}

// all is what is stored: problems first, each in the order of the document.
func (c *collector) all() []reform.Problem {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]reform.Problem, 0, len(c.stored))
	for _, warning := range []bool{false, true} {
		for _, p := range c.stored {
			if p.Warning == warning {
				out = append(out, p)
			}
		}
	}
	return out
}

// clipped bounds the text of a problem: the cell that is wrong may hold a novel.
func clipped(p reform.Problem) reform.Problem {
	p.Text = parse.Shorten(p.Text, 300)
	p.Reason, p.ReasonVI = parse.Shorten(p.Reason, 1000), parse.Shorten(p.ReasonVI, 1000)
	return p
}

// sentence makes the same sentence in both languages; the arguments are those of both formats, in one order.
func sentence(vi, en string, args ...any) reform.Text {
	return reform.Text{VI: fmt.Sprintf(vi, args...), EN: fmt.Sprintf(en, args...)}
}

// problemOf is a problem of one fact.
func problemOf(f *reform.Fact, code, field, found string, why reform.Text) reform.Problem {
	return reform.Problem{Code: code, Field: field, Locator: f.Locator, Text: found, Reason: why.EN, ReasonVI: why.VI}
}

// warningOf is a warning of one fact.
func warningOf(f *reform.Fact, code, field, found string, why reform.Text) reform.Problem {
	p := problemOf(f, code, field, found, why)
	p.Warning = true
	return p
}
