// Package data holds the facts that ship with the product: tidy tables, each
// row with the publication that it was read from. README.md says what is in them and what was left out.
package data

import "embed"

// Files are the tables, and the README that explains them.
//
//go:embed *.csv README.md
var Files embed.FS

// Order lists the tables in the order in which they are loaded. Where two of them
// hold the same value the later one adds nothing, so the order decides no number.
var Order = []string{
	"seeds.csv",
	"par-sipas.csv",
	"pci.csv",
	"papi.csv",
	"service766.csv",
	"dti.csv",
}
