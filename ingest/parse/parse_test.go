package parse

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"chiso/reform"
)

func TestPlace(t *testing.T) {
	tests := []struct {
		text      string
		place, of int
		ok        bool
	}{
		{"20", 20, 0, true}, {"07", 7, 0, true}, {"20/63", 20, 63, true}, {" 5 / 63 ", 5, 63, true}, {"7.0", 7, 0, true}, {"64/63", 64, 63, true},
		{"0", 0, 0, true}, {"", 0, 0, false}, {"-3", 0, 0, false}, {"5,5", 0, 0, false}, {"1.745", 0, 0, false}, {"hạng 5", 0, 0, false}, {"5/", 5, 0, false}, {"99999999", 0, 0, false},
	}
	for _, tt := range tests {
		place, of, ok := Place(tt.text)
		if ok != tt.ok || ok && (place != tt.place || of != tt.of) {
			t.Errorf("Place(%q): got %d/%d %v, want %d/%d %v", tt.text, place, of, ok, tt.place, tt.of, tt.ok)
		}
	}
}

func TestUnits(t *testing.T) {
	u := NewUnits(reform.Default())
	for _, tt := range []struct {
		text   string
		scheme reform.Scheme
		want   reform.UnitKey
		name   string
	}{
		{"Long An", reform.VN63, "vn63:80", "Long An"},
		{"  TP.HCM ", reform.VN63, "vn63:79", "TP.HCM"},
		{"§µ N½ng", reform.VN63, "vn63:48", "Đà Nẵng"}, // TCVN3, as old workbooks hold it
		{"Hà Tây", reform.VN64, "vn64:28", "Hà Tây"},
		{"Hà Tây", reform.VN63, "", "Hà Tây"},
		{"Xứ Lạ", reform.VN63, "", "Xứ Lạ"},
	} {
		for range 2 { // the second answer comes from memory
			key, name, ok := u.Find(tt.text, tt.scheme, reform.Province)
			if key != tt.want || ok != (tt.want != "") || name != tt.name {
				t.Errorf("Find(%q, %s): got %q %q %v, want %q %q", tt.text, tt.scheme, key, name, ok, tt.want, tt.name)
			}
		}
	}
}

func TestNearestIsASuggestionOnly(t *testing.T) {
	u := NewUnits(reform.Default())
	if d := cmp.Diff([]string{"Long An"}, u.Nearest("Lonh An", reform.VN63, reform.Province)[:1]); d != "" {
		t.Errorf("Nearest (-want +got):\n%s", d)
	}
	if got := u.Nearest("Atlantis của biển xa", reform.VN63, reform.Province); len(got) > 0 {
		t.Errorf("Nearest of a far name: got %v", got)
	}
	p := u.UnknownUnit("line 3", "Lonh An", reform.VN63, reform.Province)
	if p.Code != "unknown-unit" || p.Locator != "line 3" || !strings.Contains(p.Reason, "Long An") || !strings.Contains(p.ReasonVI, "Long An") || strings.Contains(p.Reason+p.ReasonVI, "%!") {
		t.Errorf("got %+v", p)
	}
}

func TestInputLimits(t *testing.T) {
	b := []byte("0123456789")
	in := Input{File: bytes.NewReader(b), Size: int64(len(b)), Limits: Limits{Bytes: 5}}
	if _, err := in.Bytes(); !errors.Is(err, reform.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
	in.Limits = Limits{}
	for range 2 { // each reader begins at the beginning
		got, err := in.Bytes()
		if err != nil || string(got) != string(b) {
			t.Errorf("got %q, %v", got, err)
		}
	}
}

func TestShorten(t *testing.T) {
	if got := Shorten("Đắk Lắk", 3); got != "Đắk…" {
		t.Errorf("got %q", got)
	}
}
