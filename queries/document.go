package queries

import (
	"context"
	"fmt"

	"chiso/reform"
)

// Document is one document by its id, as it was last retrieved.
func (q *Queries) Document(ctx context.Context, id string) (reform.Document, error) {
	found, err := ask(ctx, q, "document", 1, params{"document": id}, scanDocument)
	if err != nil {
		return reform.Document{}, err
	}
	if len(found) == 0 {
		return reform.Document{}, fmt.Errorf("no document has the id %.80q: %w", id, reform.ErrNotFound)
	}
	return found[0], nil
}
