package dashboard

import (
	"strings"
	"testing"

	"chiso/reform"
)

func TestPlaceInDocument(t *testing.T) {
	f := newFixture(t)
	d := f.page(t, "/documents/"+docHeld+"?at=2011!B7")
	if got := d.Find("#place tr.pinrow mark").Text(); got != "Long An" {
		t.Errorf("the cell that is marked says %q", got)
	}
	if got := d.Find("#place td").First().Text(); got != "<i>80" {
		t.Errorf("a cell's text is %q, want it as it stands", got)
	}
	d = f.page(t, "/documents/"+docHeld+"?at=chars+1-2&quote=5%2F63")
	if got := d.Find("#place pre mark").Text(); got != "5/63" {
		t.Errorf("the words that are marked are %q", got)
	}
	for path, says := range map[string]string{"/documents/" + docHeld + "?at=nowhere": "tải tệp gốc", "/documents/" + docSeed + "?at=x": "chỉ được dẫn nguồn"} {
		if got := f.page(t, path).Find("#place .hint").Text(); !strings.Contains(got, says) {
			t.Errorf("%s: %q lacks %q", path, got, says)
		}
	}
	// Facts of a held document lead to their place.
	if d := f.page(t, "/documents/"+docHeld); d.Find("a[href*='?at=']").Length() == 0 {
		t.Error("no fact of a held document leads to its place")
	}
}

func TestDataRoom(t *testing.T) {
	f := newFixture(t)
	d := f.page(t, "/data")
	for _, href := range []string{"/sources", "/runs", "/revisions", "/problems", "/conflicts", "/review"} {
		if d.Find(".results a[href='"+href+"']").Length() != 1 {
			t.Errorf("the data room has no door to %s", href)
		}
	}
	d = f.page(t, "/problems")
	if got := d.Find("tbody tr").Length(); got != 2 {
		t.Errorf("%d problems, want 2", got)
	}
	if d.Find("tbody a[href*='?at=']").Length() != 1 {
		t.Error("the problem of a held document leads to its place, that of a cited one does not")
	}
	if got := f.page(t, "/problems?kind=sum-differs").Find("tbody tr").Length(); got != 1 {
		t.Errorf("of one kind: %d, want 1", got)
	}
	row := f.page(t, "/revisions").Find("tbody tr").Text()
	for _, want := range []string{"39,25", "40,5", "Long An", "25/11/2025", "25/11/2026"} {
		if !strings.Contains(row, want) {
			t.Errorf("the revision %q lacks %q", row, want)
		}
	}
}

// TestStory tells only what a series of documents changed, in the order in which it was loaded.
func TestStory(t *testing.T) {
	f := newFixture(t)
	at := testNow
	rec := func(doc, score string, days int) reform.FactRecord {
		return reform.FactRecord{Document: doc, LoadedAt: at.AddDate(0, 0, days), Fact: reform.Fact{Index: "papi", Unit: "vn63:80", Score: reform.Num(score), ObservedAt: at.AddDate(0, 0, days)}}
	}
	b := Base{Lang: "vi"}
	got := f.story(t.Context(), []reform.FactRecord{rec(docHeld, "58.85", 2), rec(docHeld, "91.70", 0), rec(docHeld, "91.7", 1), rec(docAgain, "40", 3)}, b)
	if len(got) != 1 || !strings.Contains(got[0].Before, "91,7") || !strings.Contains(got[0].After, "58,85") {
		t.Errorf("story: %+v", got)
	}
}
