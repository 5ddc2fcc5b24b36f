package main

import (
	"encoding/json"
	"time"

	"chiso/reform"
)

func (a *app) writeJSON(v any) error {
	e := json.NewEncoder(a.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

// candidateJSON is a candidate for scripts.
type candidateJSON struct {
	ID string `json:"id"`
	reform.Statement
	Note      string                 `json:"note"`
	Quote     string                 `json:"quote"`
	Locator   string                 `json:"locator"`
	Document  string                 `json:"document"`
	Authority reform.Authority       `json:"authority"`
	Source    string                 `json:"source"`
	Run       string                 `json:"run"`
	LoadedAt  time.Time              `json:"loaded_at"`
	Waits     bool                   `json:"waits"`
	Decision  *reform.DecisionRecord `json:"decision"`
}

func jsonOf(c reform.Candidate) candidateJSON {
	return candidateJSON{
		ID: c.ID, Statement: reform.StatementOf(c.Fact), Note: c.Fact.Note, Quote: c.Fact.Quote, Locator: c.Fact.Locator, Document: c.Document,
		Authority: c.Authority, Source: c.Source, Run: c.Run, LoadedAt: c.LoadedAt, Waits: c.Waits(), Decision: c.Decision,
	}
}

type conflictJSON struct {
	reform.NumberKey
	Values  []reform.ConflictValue `json:"values"`
	Open    bool                   `json:"open"`
	Settled *settledJSON           `json:"settled"`
}

type settledJSON struct {
	Decision string    `json:"decision"`
	Value    string    `json:"value"`
	Author   string    `json:"author"`
	Reason   string    `json:"reason"`
	At       time.Time `json:"at"`
	Outdated bool      `json:"outdated"`
}

func conflictsJSON(all []reform.Conflict) []conflictJSON {
	out := make([]conflictJSON, len(all))
	for i, c := range all {
		out[i] = conflictJSON{NumberKey: c.Number(), Values: c.Values, Open: c.Open()}
		if s := c.Settled; s != nil {
			out[i].Settled = &settledJSON{s.Decision, s.Value, s.Author, s.Reason, s.At, s.Outdated}
		}
	}
	return out
}
