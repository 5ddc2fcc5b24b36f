package word

import (
	"context"
	"fmt"
	"testing"

	"chiso/reform"
)

// BenchmarkRead reads a table of 63 rows and sixty paragraphs; the rate is of the unpacked text.
func BenchmarkRead(b *testing.B) {
	body := para("KẾT QUẢ CHỈ SỐ PCI NĂM 2012")
	rows := []string{tr(tc("", "STT"), tc("", "Tỉnh, thành phố"), tc("", "Điểm"), tc("", "Xếp hạng"))}
	for i, x := range totals(b, "2012") {
		rows = append(rows, tr(tc("", fmt.Sprint(i+1)), tc("", x.name), tc("", comma(x.score)), tc("", x.place)))
	}
	body += tbl(rows...)
	for range 60 {
		body += para(story)
	}
	doc := docx(b, body)
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if _, err := Kind.Parse(context.Background(), input("a.docx", doc), reform.Default(), &collector{}); err != nil {
			b.Fatal(err)
		}
	}
}
