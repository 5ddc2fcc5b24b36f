package store

import (
	"context"
	"errors"
	"time"

	"chiso/reform"
)

// PutDocument notes a document of a run, or that it was fetched again.
func (db *DB) PutDocument(ctx context.Context, d reform.Document) error {
	return db.PutDocuments(ctx, []reform.Document{d})
}

// PutDocuments notes the documents of a run: the file, and what it cites.
func (db *DB) PutDocuments(ctx context.Context, docs []reform.Document) error {
	if len(docs) == 0 {
		return nil
	}
	batch, err := db.PrepareBatch(ctx, "INSERT INTO documents (id, held, kind, source, title, issuer, number, date, published, published_origin,"+
		" url, file_name, mime, size, authority, retrieved_at, run)")
	if err != nil {
		return err
	}
	for _, d := range docs {
		var published *time.Time
		origin := ""
		if day, err := time.Parse(time.DateOnly, d.Date); err == nil {
			published, origin = &day, ObservedDocument
		}
		err := batch.Append(d.ID, d.Held, d.Kind, d.Source, d.Title, d.Issuer, d.Number, d.Date, published, origin,
			d.URL, d.FileName, d.MIME, uint64(max(0, d.Size)), uint8(d.Authority), d.RetrievedAt, d.Run)
		if err != nil {
			return errors.Join(wrap("note the document", err), batch.Close())
		}
	}
	return batch.Send()
}

// PutProblems notes what a run could not read in a document.
func (db *DB) PutProblems(ctx context.Context, run reform.Run, file string, problems []reform.Problem) error {
	if len(problems) == 0 {
		return nil
	}
	batch, err := db.PrepareBatch(ctx, "INSERT INTO problems (run, document, kind, severity, field, file, place, text, text_vi, value, at)")
	if err != nil {
		return err
	}
	at := db.now().UTC()
	for i, p := range problems {
		severity := "error"
		if p.Warning {
			severity = "warning"
		}
		// A microsecond each keeps their order.
		err := batch.Append(run.ID, run.Document, p.Code, severity, p.Field, file, p.Locator, p.Reason, p.ReasonVI, p.Text,
			at.Add(time.Duration(i)*time.Microsecond))
		if err != nil {
			return errors.Join(wrap("note the problems", err), batch.Close())
		}
	}
	return batch.Send()
}

// DocumentLoaded reports whether a committed run loaded this document.
func (db *DB) DocumentLoaded(ctx context.Context, id string) (bool, error) {
	n, err := Collect(ctx, db, "SELECT count() FROM runs WHERE document = {document:String} AND event = 'committed'", Params{"document": id},
		func(r Rows) (v uint64, err error) { return v, r.Scan(&v) })
	return err == nil && len(n) == 1 && n[0] > 0, err
}
