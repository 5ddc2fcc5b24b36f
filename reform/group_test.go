package reform

import "testing"

func TestGroupOf(t *testing.T) {
	c := Default()
	for _, tc := range []struct {
		index, period string
		unit          UnitKey
		score, want   string
	}{
		{"par", "2021", "vn63:31", "91.8", "nhóm A"},
		{"par", "2021", "vn63:80", "89.999", "nhóm B"},
		{"par", "2021", "vn63:91", "79.97", "nhóm C"},
		{"par", "2021", "vn63:89", "79.97", ""}, // no source says where group C begins
		{"par", "2024", "vn63:31", "90", "nhóm A"},
		{"par", "2015", "vn63:46", "91.14", "nhóm A"},
		{"par", "2019", "vn63:80", "84.5", ""},
		{"s766", "2023", "vn63:80", "", "nhóm trung bình"},
		{"s766", "2023", "vn63:93", "", ""},
		{"none", "2023", "vn63:93", "", ""},
	} {
		var score Number
		if tc.score != "" {
			score = Num(tc.score)
		}
		g, ok := c.GroupOf(tc.index, MustPeriod(tc.period), tc.unit, score)
		if got := g.Name.VI; got != tc.want || ok != (tc.want != "") {
			t.Errorf("%s %s of %s with %s: got %q, want %q", tc.index, tc.period, tc.unit, tc.score, got, tc.want)
		}
	}
}
