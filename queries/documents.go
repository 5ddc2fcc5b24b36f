package queries

import (
	"context"

	"chiso/reform"
	"chiso/store"
)

// Documents lists the documents that were loaded, the newest first; those of
// one source if it is given.
func (q *Queries) Documents(ctx context.Context, source string, limit, offset int, view reform.View) ([]reform.Document, error) {
	return page(ctx, q, "documents", limit, offset, withView(params{"source": source}, view), scanDocument)
}

func scanDocument(rows store.Rows) (reform.Document, error) {
	var (
		d         reform.Document
		size      uint64
		authority uint8
	)
	err := rows.Scan(&d.ID, &d.Held, &d.Kind, &d.Source, &d.Title, &d.Issuer, &d.Number, &d.Date, &d.URL,
		&d.FileName, &d.MIME, &size, &authority, &d.RetrievedAt, &d.Run)
	d.Size, d.Authority, d.RetrievedAt = int64(size), reform.Authority(authority), d.RetrievedAt.UTC()
	return d, err
}
