// Package queries holds the questions that the screens, the API and the
// commands put to ClickHouse. One question is one .sql file, the .go file of
// the same name that asks it, and its cases as data under testdata, which run
// on a real engine.
//
// # What counts
//
// Observations are never overwritten, so every question decides which of them
// it sees and which of those it prefers. It sees rows of committed runs up to
// View.Rev that were said up to View.AsOf, and never a candidate that waits for
// review. It prefers, for a place, a published one to a computed one to a
// derived one; then, for places and scores alike, the source of better
// authority, what was said last, and what was loaded last. A place and a score
// are preferred separately and each keeps its own document.
//
// # What is counted here
//
// The database selects; places, medians and gaps are counted in Go, on exact
// decimals. A place is counted only where every unit of the edition has a
// score, and is then labelled computed. Scores of two bases, and periods of two
// kinds, are never mixed.
//
// # Errors
//
// An unknown unit, index, document or run is reform.ErrNotFound. A known one
// without facts is an empty answer. An answer over its limit is
// reform.ErrTooLarge, never a shorter answer.
package queries
