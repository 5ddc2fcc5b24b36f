package ingest

import (
	"context"
	"errors"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/store"
)

// insert makes the pass that writes, and commits or refuses.
func (l *load) insert(ctx context.Context, kind parse.Kind, run reform.Run, problems *collector, excluded map[key]bool) error {
	wctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e := l.examiner(kind, problems, newLedger(ctx, l.DB, l.retrieved))
	e.excluded = excluded
	e.held.authority = l.authority(l.assumed)
	w := &runWriter{w: l.DB.NewWriter(wctx, run.ID), carrier: l.doc.ID}
	result, fatal, err := l.pass(ctx, kind, e, w.take)
	if err != nil {
		cancel()
		w.abandon()
		return l.fail(ctx, run, err)
	}
	l.fillReport(e, problems, result)
	l.report.Document = l.document(kind, result, run.ID)
	if l.report.Problems > 0 && (!l.job.SetAside || fatal || e.kept+e.duplicates == 0) {
		cancel()
		w.abandon()
		return l.refuse(ctx, run, problems, w.streaming)
	}
	if e.held.authority != l.authority(result) {
		if w.streaming {
			// The document turned out to be worth more than was taken for granted while its rows were
			// sent. That is rare (a large document of an official kind), so it is read again.
			cancel()
			w.abandon()
			l.assumed = result
			return l.again(ctx, kind, run, excluded)
		}
		e.held.authority = l.authority(result)
	}
	if err := w.close(); err != nil {
		return l.fail(ctx, run, engineError{err})
	}
	return l.commit(ctx, run, e, problems)
}

// again loads the document in a new run.
func (l *load) again(ctx context.Context, kind parse.Kind, old reform.Run, excluded map[key]bool) error {
	old.Message = "begun anew, since the authority of the document was known at its end only"
	if _, err := l.DB.Fail(ctx, old); err != nil {
		return engineError{err}
	}
	if _, err := l.DB.Sweep(ctx); err != nil {
		return engineError{err}
	}
	run, err := l.DB.Begin(ctx, reform.Run{Source: old.Source, Kind: old.Kind, Document: old.Document, Message: l.job.how()})
	if err != nil {
		return engineError{err}
	}
	l.report.Run = run.ID
	return l.insert(ctx, kind, run, &collector{}, excluded)
}

// holdRows is how many rows are held back until the document was read to its end.
// Nearly all documents are smaller: of those nothing is written in vain when they
// are refused.
const holdRows = 50_000

// runWriter writes the records of a run, the first ones once there is more than it holds back.
type runWriter struct {
	w         *store.Writer
	carrier   string
	held      [][]record
	rows      int
	streaming bool
}

// take takes a chunk; kept says that it must not be used again.
func (w *runWriter) take(chunk []record) (kept bool, err error) {
	if w.streaming {
		return false, w.write(chunk)
	}
	w.held = append(w.held, chunk)
	if w.rows += len(chunk); w.rows <= holdRows {
		return true, nil
	}
	w.streaming = true
	return true, w.release()
}

func (w *runWriter) release() error {
	for i, chunk := range w.held {
		if err := w.write(chunk); err != nil {
			return err
		}
		w.held[i] = nil
	}
	w.held = nil
	return nil
}

func (w *runWriter) write(chunk []record) error {
	for i := range chunk {
		o := chunk[i].storeOrigin(w.carrier)
		if err := w.w.Add(&chunk[i].Fact, &o); err != nil {
			return engineError{err}
		}
	}
	return nil
}

// close writes what is held back, and waits until all is stored.
func (w *runWriter) close() error {
	err := w.release()
	return errors.Join(err, w.w.Close())
}

// abandon ends what is under way; the context of the writer has ended, and the run will not be committed.
func (w *runWriter) abandon() {
	w.held = nil
	_ = w.w.Close()
}
