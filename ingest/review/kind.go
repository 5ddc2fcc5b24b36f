package review

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"chiso/ingest/parse"
	"chiso/reform"
)

const kindName = "decision"

// kind reads the document of a decision. It is not among the kinds that everybody's files
// are tried with: a file in the inbox can't speak for a person.
var kind = parse.Kind{
	Name:   kindName,
	Title:  reform.Text{VI: "Quyết định của người dùng", EN: "Decision of a person"},
	Detect: func(parse.Probe) parse.Certainty { return 0 },
	Parse:  read,
}

// read hands over the number that follows from a decision.
func read(_ context.Context, in parse.Input, _ *reform.Catalog, sink reform.Sink) (parse.Result, error) {
	res := parse.Result{Kind: kindName, Mapping: parse.Mapping{Layout: "decision"}}
	b, err := in.Bytes()
	if err != nil {
		return res, err
	}
	var d reform.Decision
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return res, fmt.Errorf("the document is no decision: %w: %w", err, reform.ErrInvalid)
	}
	if d.After == nil {
		return res, nil
	}
	f := d.After.Fact()
	if f.ObservedAt.IsZero() {
		f.ObservedAt = d.At
	}
	switch {
	case d.Candidate != "" && d.Original != nil:
		f.Locator, f.Quote = d.Original.Locator, d.Original.Quote
	default:
		f.Locator, f.Quote = "reason", d.Reason
	}
	res.Title, res.Issuer, res.Index, res.Rows, res.Facts = title(d), d.Author, f.Index, 1, 1
	res.AddPeriod(f.Period)
	return res, sink.Fact(&f)
}
