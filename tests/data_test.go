package tests

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"chiso/data"
	"chiso/ingest/parse"
	"chiso/ingest/tidy"
	"chiso/reform"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
)

const shippedHeader = "index,basis,unit,unit_name,period,component,stage,score,max,numerator,denominator,place,of,scope,rank_kind,status,observed_at,source_title,source_issuer,source_number,source_date,source_url,source_authority,locator,note"

// shippedRows reads a shipped table by its headings.
func shippedRows(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := data.Files.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if got := strings.Join(rows[0], ","); got != shippedHeader {
		t.Fatalf("%s has the columns\n%s\nwant\n%s", name, got, shippedHeader)
	}
	out := make([]map[string]string, len(rows)-1)
	for i, row := range rows[1:] {
		out[i] = make(map[string]string, len(row))
		for j, h := range rows[0] {
			out[i][h] = row[j]
		}
	}
	return out
}

func TestShippedOrderIsWhole(t *testing.T) {
	got, err := fs.Glob(data.Files, "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	want := slices.Sorted(slices.Values(data.Order))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tables in load order and in the folder (-order +folder):\n%s", diff)
	}
}

// TestShippedReadmeCounts holds the README to the tables.
func TestShippedReadmeCounts(t *testing.T) {
	readme, err := data.Files.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9-]+\\.csv)` \\| ([0-9,]+) \\|").FindAllStringSubmatch(string(readme), -1) {
		counts[m[1]] = strings.ReplaceAll(m[2], ",", "")
	}
	for _, name := range data.Order {
		if got, want := counts[name], strconv.Itoa(len(shippedRows(t, name))); got != want {
			t.Errorf("the README counts %s rows of %s, want %s", got, name, want)
		}
	}
}

// TestShippedRows holds every row against the catalogue, as a stranger's file is held by the loader.
func TestShippedRows(t *testing.T) {
	cat := reform.Default()
	datePattern := regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)
	for _, name := range data.Order {
		said := map[string][3]string{}
		for i, row := range shippedRows(t, name) {
			bad := func(format string, args ...any) {
				t.Errorf("%s line %d (%s %s %s %s): %s", name, i+2, row["index"], row["unit"], row["period"], row["component"], fmt.Sprintf(format, args...))
			}
			p, err := reform.ParsePeriod(row["period"])
			if err != nil {
				bad("%v", err)
				continue
			}
			ix, err := cat.Index(row["index"])
			if err != nil {
				bad("%v", err)
				continue
			}
			basis, err := cat.Basis(ix.Code, row["basis"])
			if err != nil {
				bad("%v", err)
				continue
			}
			if b, ok := cat.BasisFor(ix.Code, p); !ok || b != basis.Code {
				bad("the basis is %s, the catalogue has %q", basis.Code, b)
			}
			unit, err := cat.Unit(reform.UnitKey(row["unit"]))
			if err != nil {
				bad("%v", err)
				continue
			}
			if row["unit_name"] != cat.NameIn(unit.Key, p) {
				bad("the name is %q, want %q", row["unit_name"], cat.NameIn(unit.Key, p))
			}
			if unit.Type == reform.Province && ix.Code != "s766" && unit.Scheme != cat.SchemeFor(ix.Code, p) {
				bad("the scheme is %s, want %s", unit.Scheme, cat.SchemeFor(ix.Code, p))
			}
			limit := basis.Max
			if row["component"] != "" {
				comp, err := cat.Component(ix.Code, basis.Code, row["component"])
				if err != nil {
					bad("%v", err)
					continue
				}
				limit = comp.Max
			}
			number := func(col string) reform.Number {
				if row[col] == "" {
					return reform.Number{}
				}
				d, err := decimal.NewFromString(row[col])
				if err != nil || strings.ContainsAny(row[col], "eE ") || d.Exponent() < -6 {
					bad("%s is %q, want a plain decimal of at most six places", col, row[col])
				}
				return reform.NumOf(d)
			}
			score, most := number("score"), number("max")
			if score.Valid && (score.Decimal.IsNegative() || limit.Valid && score.Decimal.GreaterThan(limit.Decimal) || most.Valid && score.Decimal.GreaterThan(most.Decimal)) {
				bad("the score %s lies outside 0 to %s", score, limit)
			}
			if most.Valid && limit.Valid && !most.Equal(limit) {
				bad("the maximum is %s, the catalogue has %s", most, limit)
			}
			place, _ := strconv.Atoi("0" + row["place"])
			of, _ := strconv.Atoi("0" + row["of"])
			if of > 0 && place > of || place == 0 && (row["place"] != "" || of > 0) {
				bad("the place is %q of %q", row["place"], row["of"])
			}
			if e, ok := cat.Edition(ix.Code, p); ok && of > 0 && unit.Type == reform.Province && row["scope"] == reform.ScopeNation && row["component"] == "" && e.Of != of {
				bad("the place is one of %d, the edition has %d", of, e.Of)
			}
			if !score.Valid && place == 0 {
				bad("neither score nor place")
			}
			switch reform.RankKind(row["rank_kind"]) {
			case reform.Published, reform.Computed, reform.Derived:
				if place == 0 {
					bad("a kind of rank without a place")
				}
			case "":
				if place > 0 {
					bad("a place without its kind")
				}
			default:
				bad("the kind of rank is %q", row["rank_kind"])
			}
			if row["rank_kind"] == string(reform.Derived) && row["locator"] == "" {
				bad("a derived place does not say how")
			}
			if row["scope"] != reform.ScopeNation {
				region, err := cat.Unit(reform.UnitKey(row["scope"]))
				switch {
				case err != nil:
					bad("%v", err)
				case region.Type == reform.Region && !slices.Contains(cat.Members(region.Key), unit.Key):
					bad("%s does not lie in %s", unit.Name, region.Name)
				case region.Type == reform.Region && of > 0 && of != len(cat.Members(region.Key)):
					bad("%s has %d provinces, not %d", region.Name, len(cat.Members(region.Key)), of)
				case region.Type == reform.Province && unit.Parent != region.Key:
					bad("%s is no unit of %s", unit.Name, region.Name)
				}
			}
			if row["status"] != string(reform.Final) && row["status"] != string(reform.Provisional) {
				bad("the status is %q", row["status"])
			}
			if a := row["source_authority"]; len(a) != 1 || a < "1" || a > "5" {
				bad("the authority is %q, want 1 to 5", a)
			}
			if row["source_title"] == "" || row["source_issuer"] == "" {
				bad("a source without title or issuer")
			}
			if d := row["source_date"]; d != "" && !datePattern.MatchString(d) {
				bad("the source's date is %q", d)
			}
			switch u, err := url.Parse(row["source_url"]); {
			case row["source_url"] == "" && name != "seeds.csv":
				bad("a source without an address")
			case row["source_url"] != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == ""):
				bad("the address is %q", row["source_url"])
			}
			for _, col := range []string{"source_title", "locator", "note"} {
				if n := len([]rune(row[col])); n > 200 {
					bad("%s has %d letters: numbers and citations are shipped, not sentences", col, n)
				}
			}
			for col, text := range row {
				if strings.TrimSpace(text) != text || strings.ContainsAny(text, "\n\r\t\u00a0") {
					bad("%s holds odd blanks: %q", col, text)
				}
			}
			// One source can't say two things about one thing on one day.
			k := strings.Join([]string{row["index"], row["unit"], row["period"], row["component"], row["scope"], row["observed_at"], row["source_title"], row["source_date"], row["source_url"]}, "|")
			now := [3]string{row["score"], row["place"], row["of"]}
			if before, ok := said[k]; ok {
				bad("the source says %v here and %v before", now, before)
			}
			said[k] = now
		}
	}
}

// TestShippedReadings asks that the readings know the state of their period:
// what was read before it was over is provisional.
func TestShippedReadings(t *testing.T) {
	hours7 := time.FixedZone("", 7*3600)
	for i, row := range shippedRows(t, "service766.csv") {
		at, err := time.Parse(time.RFC3339, row["observed_at"])
		if err != nil {
			if at, err = time.ParseInLocation(time.DateOnly, row["observed_at"], hours7); err != nil {
				t.Errorf("line %d was observed at %q", i+2, row["observed_at"])
				continue
			}
		}
		end := reform.MustPeriod(row["period"]).End().AddDate(0, 0, 1).Add(-7 * time.Hour)
		if open := at.Before(end); open != (row["status"] == string(reform.Provisional)) {
			t.Errorf("line %d: %s was read on %s and is %s", i+2, row["period"], row["observed_at"], row["status"])
		}
		if row["place"] != "" {
			t.Errorf("line %d: the portal's row number is no place", i+2)
		}
	}
}

// TestShippedFirstFacts pins the numbers that the first screen must show.
func TestShippedFirstFacts(t *testing.T) {
	got := map[string]bool{}
	for _, row := range shippedRows(t, "seeds.csv") {
		got[strings.Join([]string{row["index"], row["unit"], row["period"], row["component"], row["scope"], row["score"], row["max"], row["place"], row["of"]}, " ")] = true
	}
	for _, want := range []string{
		"par vn63:80 2012  nation   20 63", "par vn63:80 2013  nation   50 63", "par vn63:80 2014  nation   48 63", "par vn63:80 2015  nation   23 63",
		"par vn63:80 2016  nation   30 63", "par vn63:80 2017  nation   12 63", "par vn63:80 2018  nation   7 63", "par vn63:80 2019  nation   5 63",
		"s766 vn63:80 2023  nation   55 63", "s766 vn63:80 2023 CLGQ nation 3.5 12  ", "s766 vn63:80 2023 TTTT nation 3.7 10  ", "s766 vn63:80 2023 MDSH nation 5.3 22  ",
		"par vn63:93 2021  nation   27 63", "par vn63:93 2021  vn63:r:DBSCL   3 13", "par vn63:93 2021 2 nation   4 ", "par vn63:93 2021 2 vn63:r:DBSCL   1 ",
		"dept vn63:93/so-tu-phap 2021  vn63:93   1 ", "moj vn63:80 2023  nation   4 63",
		"dossiers vn63:89/so-tu-phap 2024-01/2024-11 received nation 15613   ", "dossiers vn63:89/so-tu-phap 2024-01/2024-11 resolved-late nation 1   ",
	} {
		if !got[want] {
			t.Errorf("the fact %q is missing", want)
		}
	}
	pci := map[string]int{}
	for _, row := range shippedRows(t, "pci.csv") {
		pci[row["period"]]++
		if row["component"] != "" {
			t.Fatalf("a component of PCI is shipped: %v", row)
		}
	}
	for year := 2005; year <= 2022; year++ {
		want := 63
		switch {
		case year == 2005:
			want = 42
		case year <= 2008:
			want = 64
		}
		if n := pci[strconv.Itoa(year)]; n != want {
			t.Errorf("PCI %d has %d provinces, want %d", year, n, want)
		}
	}
	both := map[string]bool{}
	for _, row := range shippedRows(t, "par-sipas.csv") {
		if row["index"] == "par" && row["unit"] == "vn63:31" && row["period"] == "2023" && row["component"] == "" && row["score"] != "" {
			both[row["score"]] = true
		}
	}
	if !both["91.87"] || !both["91.81"] {
		t.Errorf("Hải Phòng 2023 has the scores %v, want both 91.87 and 91.81: sources that disagree are both kept", both)
	}
}

// heard is a sink that remembers what a parser says.
type heard struct {
	facts    int
	problems []reform.Problem
}

func (h *heard) Fact(*reform.Fact) error  { h.facts++; return nil }
func (h *heard) Problem(p reform.Problem) { h.problems = append(h.problems, p) }

// TestShippedFilesAreRead reads the tables as any user's file is read: every row is a fact, and nothing is a problem.
func TestShippedFilesAreRead(t *testing.T) {
	for _, name := range data.Order {
		b, err := data.Files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var h heard
		if _, err := tidy.Kind.Parse(t.Context(), parse.Input{Name: name, File: bytes.NewReader(b), Size: int64(len(b))}, reform.Default(), &h); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if rows := len(shippedRows(t, name)); h.facts != rows {
			t.Errorf("%s has %d rows, but %d facts were read", name, rows, h.facts)
		}
		for _, p := range h.problems {
			t.Errorf("%s: %s: %s", name, p.Locator, p.Reason)
		}
	}
}
