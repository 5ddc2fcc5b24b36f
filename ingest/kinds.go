package ingest

import (
	"chiso/ingest/papi"
	"chiso/ingest/parse"
	"chiso/ingest/pci"
	"chiso/ingest/service766"
	"chiso/ingest/tidy"
)

// DefaultKinds are the kinds of document that can be read, in the order in which they are tried.
func DefaultKinds() []parse.Kind {
	return []parse.Kind{tidy.Kind, pci.Kind, papi.Kind, service766.Kind}
}
