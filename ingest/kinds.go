package ingest

import (
	"chiso/ingest/htmltable"
	"chiso/ingest/papi"
	"chiso/ingest/parse"
	"chiso/ingest/pci"
	"chiso/ingest/pdf"
	"chiso/ingest/prose"
	"chiso/ingest/service766"
	"chiso/ingest/table"
	"chiso/ingest/tidy"
	"chiso/ingest/word"
)

// DefaultKinds are the kinds of document that can be read, without mapping files.
func DefaultKinds() []parse.Kind { return KindsWith(nil) }

// KindsWith are the kinds of document that can be read, in the order in which they are
// tried; mappings are the kept mapping files of tables that people once set right.
func KindsWith(mappings *table.Mappings) []parse.Kind {
	return []parse.Kind{
		tidy.Kind, pci.Kind, papi.Kind, service766.Kind,
		table.KindWith(mappings), htmltable.KindWith(mappings),
		pdf.KindWith(pdf.Options{Mappings: mappings}), word.KindWith(word.Options{Mappings: mappings}),
		prose.Kind,
	}
}
