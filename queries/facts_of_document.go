package queries

import (
	"cmp"
	"context"

	"chiso/reform"
	"chiso/store"
)

// defaultPage is the length of a page of facts that is asked for without one.
const defaultPage = 200

// FactsOfDocument is one page of the facts that cite a document or were read from it.
func (q *Queries) FactsOfDocument(ctx context.Context, question reform.FactsQuestion) (reform.FactPage, error) {
	var answer reform.FactPage
	limit := cmp.Or(question.Limit, defaultPage)
	p := withView(params{"document": question.Document}, question.View)
	facts, err := page(ctx, q, "facts_of_document", limit, question.Offset, p, func(rows store.Rows) (reform.FactRecord, error) {
		var r factRow
		if err := rows.Scan(append(r.columns(), &answer.Total)...); err != nil {
			return reform.FactRecord{}, err
		}
		return r.record()
	})
	answer.Facts = facts
	return answer, err
}
