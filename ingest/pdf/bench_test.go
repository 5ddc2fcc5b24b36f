package pdf

import (
	"context"
	"testing"

	"chiso/reform"
)

// BenchmarkRead reads a ruled table of 63 rows on two pages; the rate is of the file's bytes.
func BenchmarkRead(b *testing.B) {
	needs(b, "pdftotext", "pdftocairo")
	m := newPDF(b)
	m.title("KẾT QUẢ CHỈ SỐ PCI NĂM 2012")
	m.table(look{border: "1"}, totalWidths, totalHead, numbered(rowsOf(b, "pci.csv", "pci", "2012")))
	doc := m.bytes()
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		if _, err := Kind.Parse(context.Background(), input("a.pdf", doc, nil), reform.Default(), &collector{}); err != nil {
			b.Fatal(err)
		}
	}
}
