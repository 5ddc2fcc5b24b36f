package gold

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"chiso/reform"
	"chiso/reform/viet"
)

// Press measures the parser on a table of facts that were read from the press: the words
// of each source, under its title, are read as a short article. Only clauses
// were kept, often without the words that say whose number it is, so recall is
// lower here than on articles; half says which half of the sources is read (0 or 1; -1 both).
func Press(ctx context.Context, path string, keep func(source int) bool, cat *reform.Catalog) (Report, error) {
	f, err := os.Open(path)
	if err != nil {
		return Report{}, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		return Report{}, err
	}
	col := map[string]int{}
	for i, h := range head {
		col[h] = i
	}
	type source struct {
		title, address string
		quotes         []string
		lines          []Line
	}
	sources := map[string]*source{}
	var order []*source
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Report{}, err
		}
		get := func(name string) string { return rec[col[name]] }
		s := sources[get("source_url")]
		if s == nil {
			s = &source{title: get("source_title"), address: get("source_url")}
			sources[s.address] = s
			order = append(order, s)
		}
		q := get("quote")
		if q != "" && !slices.Contains(s.quotes, q) {
			s.quotes = append(s.quotes, q)
		}
		year, _ := strconv.Atoi(get("year"))
		l := Line{File: s.address, Province: get("province"), Index: get("index"), Year: year, Component: get("component_name"), ComponentCode: get("component_code"), Scope: get("scope"), Kind: get("kind"), Derived: get("derived") == "yes", Quote: q}
		l.Rank, _ = strconv.Atoi(get("rank"))
		if v := get("score"); v != "" {
			n := json.Number(v)
			l.Score = &n
		}
		// Facts without words, or without a year, can't be asked for; they are not extra either.
		l.Review = q == "" || year == 0 || !hasDigits(q, l)
		s.lines = append(s.lines, l)
	}
	var rep Report
	for i, s := range order {
		text := s.title + "\n\n"
		for _, q := range s.quotes {
			text += lead(q, s.lines, cat) + q + ".\n\n"
		}
		if !keep(i) || len(s.quotes) == 0 || !vietnamese(strings.Join(s.quotes, " ")) {
			continue
		}
		address := s.address
		if !strings.HasPrefix(address, "http") {
			continue
		}
		body := fmt.Sprintf("%s | %s\n\n%s", address, strings.ReplaceAll(s.title, "|", "-"), text)
		facts, err := FactsOf(ctx, "article.txt", []byte(body), cat)
		if err != nil {
			return rep, fmt.Errorf("%s: %w", s.address, err)
		}
		file := File{Name: s.address}
		file.Provinces, file.Others = compare(s.lines, facts, cat)
		rep.Provinces.Add(file.Provinces)
		rep.Others.Add(file.Others)
		rep.Files = append(rep.Files, file)
	}
	return rep, nil
}

// lead is a heading for words that were cut out of a text: it names the index, the
// unit and the year where the words themselves don't, and all facts read from them have one.
func lead(quote string, lines []Line, cat *reform.Catalog) string {
	index, unit, year := "", "", 0
	for _, l := range lines {
		if l.Quote != quote || l.Kind != "province" {
			continue
		}
		if index == "" {
			index, unit = l.Index, l.Province
		}
		if l.Index != index {
			return ""
		}
		if l.Province != unit {
			unit = "-"
		}
		year = max(year, l.Year)
	}
	if index == "" || year == 0 {
		return ""
	}
	f := viet.Fold(quote)
	if ix, ok := cat.FindIndex(index); ok {
		for _, n := range append([]string{ix.Name.VI, ix.Short.VI, "chỉ số cải cách", "CCHC", "hài lòng"}, ix.Aliases...) {
			if strings.Contains(f, viet.Fold(n)) {
				return ""
			}
		}
		index = ix.Short.VI
	}
	head := fmt.Sprintf("%s năm %d", index, year)
	if unit != "-" && !strings.Contains(f, viet.Fold(unit)) {
		head += " của " + unit
	}
	return head + "\n"
}

// hasDigits reports whether the words hold the place or score at all.
func hasDigits(q string, l Line) bool {
	if l.Rank > 3 && !strings.Contains(q, strconv.Itoa(l.Rank)) {
		return false
	}
	if l.Score != nil {
		s := l.Score.String()
		if !strings.Contains(q, s) && !strings.Contains(q, strings.ReplaceAll(s, ".", ",")) {
			return false
		}
	}
	return true
}

// vietnamese reports whether a text is written with Vietnamese marks.
func vietnamese(s string) bool {
	marked, words := 0, 0
	for _, w := range strings.Fields(s) {
		words++
		if viet.Fold(w) != strings.ToLower(strings.Trim(w, ".,;:()%\"“”")) && strings.ContainsFunc(w, func(r rune) bool { return r > 0x7f }) {
			marked++
		}
	}
	return marked*5 > words*2 && !strings.ContainsFunc(s, func(r rune) bool { return r > 0x3000 && r < 0xfb00 })
}
