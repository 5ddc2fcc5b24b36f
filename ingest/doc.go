// Package ingest loads documents: it takes their bytes over, finds out what kind
// they are, reads and checks them, and puts their facts into the database with all
// that is needed to ask, years later, where a number came from.
//
// # Whole or not at all
//
// Every document is one run. Its rows are inserted first and the run's commit row
// last, and questions read committed runs only; so a process that dies at any
// moment leaves nothing that anybody sees, and the next load sweeps it away and
// completes the work. A problem in any row refuses the document, with all its problems
// listed; with Job.SetAside its good rows are loaded and the problems stay
// listed. Numbers that a document gives in contradiction are then not loaded at all.
//
// # Content
//
// The bytes are kept in the raw archive under their SHA-256, refused ones too. The same
// bytes again add nothing but a run that tells when they were seen. A fact is the
// same as one that is loaded when document, identity and values are: then it
// is a duplicate and not inserted again. Another value of the same series
// (the files of one source, or one cited publication) is a revision; another value of
// another series, beyond the precision of print, is a conflict. Neither overwrites anything.
//
// # One load at a time
//
// Whoever loads holds the lock file of the raw archive, which the system lets go when a
// process ends in whichever way. That makes "is it loaded?" and "load it" one step,
// among goroutines and among processes. ClickHouse could not do that: it has no lock and
// no unique key.
//
// # Goroutines
//
// A document passes through four: the parser, the examiner (fills, checks, compares), the
// writer and the insert of the chunk before; so that a million rows take about
// as long as their bare insert.
package ingest
