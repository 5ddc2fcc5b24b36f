package table

import (
	"strings"
	"testing"

	"chiso/ingest/parse"
	"chiso/ingest/prose"
	"chiso/ingest/sheet"
)

// An export of names and numbers is a table also where its words outnumber its numbers; a
// transcript with sentences above its rows is left to the kind that reads sentences.
func TestDetectColumns(t *testing.T) {
	export := "ID,TEN,TEN_COQUAN,MA,DIEM\n" +
		"1,UBND tỉnh Bắc Ninh,Ủy ban nhân dân tỉnh Bắc Ninh,H05,91.7\n2,UBND tỉnh Đồng Nai,Ủy ban nhân dân tỉnh Đồng Nai,H19,90.53\n" +
		"3,UBND tỉnh Thái Nguyên,Ủy ban nhân dân tỉnh Thái Nguyên,H55,90.3\n4,UBND tỉnh Cà Mau,Ủy ban nhân dân tỉnh Cà Mau,H12,90.04\n"
	transcript := "Bảng PAR INDEX năm 2020, chép lại\n\nMười địa phương đứng đầu cả nước về chỉ số cải cách hành chính\n" +
		"Hạng | Tỉnh, thành phố | Điểm\n1 | Quảng Ninh | 91,04\n2 | Hải Phòng | 90,51\n3 | Thừa Thiên Huế | 88,47\n"
	for _, tc := range []struct {
		name, text string
		table      bool
	}{{"export.csv", export, true}, {"transcript.txt", transcript, false}} {
		p, err := sheet.NewProbe(t.Context(), parse.Input{Name: tc.name, File: strings.NewReader(tc.text), Size: int64(len(tc.text))})
		if err != nil {
			t.Fatal(err)
		}
		if got := Detect(p) > prose.Detect(p); got != tc.table {
			t.Errorf("%s: table before prose %v (%d and %d), want %v", tc.name, got, Detect(p), prose.Detect(p), tc.table)
		}
	}
}
