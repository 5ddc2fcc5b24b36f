package ingest

import (
	"chiso/ingest/parse"
)

// DefaultKinds are the kinds of document that can be read, in the order in which they are tried.
func DefaultKinds() []parse.Kind {
	return []parse.Kind{}
}
