package reform

import (
	"strings"
	"testing"
)

func TestCite(t *testing.T) {
	cases := []struct {
		doc    Document
		vi, en string
	}{
		{
			Document{Number: "320/QĐ-BNV", Date: "2019-04-18", Issuer: "Bộ Nội vụ", Title: "Công bố Chỉ số CCHC năm 2018"},
			"Quyết định số 320/QĐ-BNV ngày 18/4/2019 của Bộ Nội vụ",
			"Decision No. 320/QĐ-BNV of 18 April 2019 by Bộ Nội vụ",
		},
		{
			Document{Number: "766/QĐ-TTg", Date: "2022-06", Issuer: "Thủ tướng Chính phủ"},
			"Quyết định số 766/QĐ-TTg tháng 6/2022 của Thủ tướng Chính phủ",
			"Decision No. 766/QĐ-TTg of June 2022 by Thủ tướng Chính phủ",
		},
		{Document{Number: "61/2018/NĐ-CP"}, "Nghị định số 61/2018/NĐ-CP", "Decree No. 61/2018/NĐ-CP"},
		{Document{Number: "1234/BNV-CCHC", Date: "2021"}, "Công văn số 1234/BNV-CCHC năm 2021", "Official letter No. 1234/BNV-CCHC of 2021"},
		{Document{Number: "Quyết định số 320/QĐ-BNV", Date: "2019"}, "Quyết định số 320/QĐ-BNV năm 2019", "Decision No. 320/QĐ-BNV of 2019"},
		{Document{Number: "Số: 15/BC-UBND"}, "Báo cáo số 15/BC-UBND", "Report No. 15/BC-UBND"},
		{Document{Number: "A5"}, "Văn bản số A5", "Document No. A5"},
		{
			Document{Title: "Hậu Giang  tăng hạng", Issuer: "Báo Hậu Giang", Date: "2022-05-25", URL: "https://baohaugiang.example/x"},
			"“Hậu Giang tăng hạng”, Báo Hậu Giang, ngày 25/5/2022",
			"“Hậu Giang tăng hạng”, Báo Hậu Giang, 25 May 2022",
		},
		{Document{Title: "Long An", URL: "https://www.bao.example/a"}, "“Long An”, bao.example", "“Long An”, bao.example"},
		{Document{FileName: "PCI_2010.xls", Issuer: "VCCI", Date: "2011"}, "“PCI_2010.xls”, VCCI, năm 2011", "“PCI_2010.xls”, VCCI, 2011"},
		{Document{URL: "https://bao.example/a"}, "https://bao.example/a", "https://bao.example/a"},
		{Document{Issuer: "VCCI"}, "VCCI", "VCCI"},
		{Document{Title: "A", Date: "xuân 2019"}, "“A”, xuân 2019", "“A”, xuân 2019"},
		{Document{ID: strings.Repeat("ab", 32)}, "Tài liệu không tên abababababab", "Untitled document abababababab"},
	}
	for _, c := range cases {
		if got := Cite(c.doc, "vi"); got != c.vi {
			t.Errorf("got %q, want %q", got, c.vi)
		}
		if got := Cite(c.doc, "en"); got != c.en {
			t.Errorf("got %q, want %q", got, c.en)
		}
	}
}

func TestCitationID(t *testing.T) {
	a := Citation{Title: "Hậu Giang tăng hạng", URL: "https://x.example/1", Date: "2022-05-25"}
	same := Citation{Title: " Hậu  Giang tăng hạng ", URL: "https://x.example/1", Date: "2022-05-25", Authority: AuthorityPress}
	if got, want := same.ID(), a.ID(); got != want {
		t.Errorf("got %s, want %s: spacing and authority make no other publication", got, want)
	}
	for _, other := range []Citation{
		{Title: a.Title, URL: a.URL},
		{Title: a.Title, URL: a.URL, Date: "2022-05-26"},
		{Issuer: a.Title, URL: a.URL, Date: a.Date},
		{},
	} {
		if other.ID() == a.ID() {
			t.Errorf("%+v has the id of another publication", other)
		}
	}
	if (Citation{Title: " "}).IsZero() == false || a.IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestParsePartialDate(t *testing.T) {
	for in, want := range map[string]string{"2019-04-18": "2019-04-18 day", "2019-04": "2019-04-01 month", "2019": "2019-01-01 year", "18/4/2019": "error", "2019-02-30": "error", "": "error"} {
		got := "error"
		if d, p, err := ParsePartialDate(in); err == nil {
			got = d.Format("2006-01-02") + " " + p
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}
