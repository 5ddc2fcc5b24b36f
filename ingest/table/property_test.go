package table

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"chiso/ingest/parse"
	"chiso/reform"
)

// TestNeverAWrongNumber builds tables at random, of real figures, in layouts that a
// clerk might think of and some that nobody should, and damages some. Whatever is
// read must be a figure of the source, of that province, that year and that kind.
func TestNeverAWrongNumber(t *testing.T) {
	truth := map[string]bool{}
	years := map[string][]figure{}
	for _, y := range []string{"2017", "2018", "2019", "2020"} {
		years[y] = figures(t, "pci-overall.csv", y, "")
		for _, f := range years[y] {
			k := key(t, f.province)
			truth[fmt.Sprintf("%s %s s%s", k, y, f.score)] = true
			truth[fmt.Sprintf("%s %s p%d", k, y, f.rank)] = true
		}
	}
	rng := rand.New(rand.NewPCG(7, 11))
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	read0, whole, refused := 0, 0, 0
	const rounds = 200
	for round := range rounds {
		chosen := []string{pick("2017", "2018"), pick("2019", "2020")}[:1+rng.IntN(2)]
		base := slices.Clone(years[chosen[0]])
		rng.Shuffle(len(base), func(i, j int) { base[i], base[j] = base[j], base[i] })
		base = base[:5+rng.IntN(len(base)-5)]
		// The columns, each with its heading in one or two rows.
		type col struct {
			top, below string
			value      func(province string, i int) any
		}
		cols := []col{{"", pick("Tỉnh", "Tỉnh, thành phố", "Địa phương", "Province"), func(p string, _ int) any { return p }}}
		if rng.IntN(2) == 0 {
			cols = append([]col{{"", pick("TT", "STT", "No."), func(_ string, i int) any { return i + 1 }}}, cols...)
		}
		text := rng.IntN(3)
		for _, y := range chosen {
			at := byProvince(years[y])
			number := func(p string, _ int) any {
				v := at[p].score
				switch text {
				case 1:
					return strings.Replace(v, ".", ",", 1)
				case 2:
					return v
				}
				return float(t, v)
			}
			rank := func(p string, _ int) any {
				if text == 0 {
					return at[p].rank
				}
				return fmt.Sprintf("%d/63", at[p].rank)
			}
			yy := y
			if len(chosen) == 1 && rng.IntN(2) == 0 {
				yy = ""
			}
			parts := []col{
				{yy, pick("Điểm", "Điểm số", "PCI", "Điểm PCI", "Score", "Tổng điểm", "Kết quả"), number},
				{yy, pick("Hạng", "Xếp hạng", "Thứ hạng", "Rank", "Vị thứ"), rank},
			}
			if rng.IntN(4) == 0 {
				parts = append(parts, col{yy, pick("Tăng/giảm", "So với năm trước", "Ghi chú", "Xếp loại", "Vùng"), func(string, int) any { return rng.IntN(9) }})
			}
			rng.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
			if rng.IntN(5) == 0 {
				parts = parts[:1]
			}
			cols = append(cols, parts...)
		}
		var g grid0
		title := pick("Chỉ số PCI", "BẢNG XẾP HẠNG PCI", "Kết quả PCI", "")
		if len(chosen) == 1 && rng.IntN(4) > 0 {
			title += " năm " + chosen[0]
		}
		g = append(g, []any{title})
		if rng.IntN(3) == 0 {
			g = append(g, []any{})
		}
		oneRow := rng.IntN(3) == 0
		var top, head []any
		for _, c := range cols {
			top, head = append(top, c.top), append(head, c.below)
			if oneRow {
				head[len(head)-1] = strings.TrimSpace(c.below + " " + c.top)
			}
		}
		if !oneRow {
			g = append(g, top)
		}
		if rng.IntN(12) > 0 {
			g = append(g, head)
		}
		for i, f := range base {
			var row []any
			for _, c := range cols {
				row = append(row, c.value(f.province, i))
			}
			if rng.IntN(60) == 0 {
				row[len(row)-1] = pick("-", "N/A", "xem ghi chú", "")
			}
			g = append(g, row)
			if rng.IntN(80) == 0 {
				g = append(g, []any{})
			}
		}
		if rng.IntN(3) == 0 {
			row := make([]any, len(cols))
			row[0] = pick("Trung bình", "Tổng cộng", "Cao nhất", "Ghi chú: số liệu sơ bộ")
			if len(row) > 2 {
				row[2] = 61.5
			}
			g = append(g, row)
		}
		if rng.IntN(4) == 0 {
			g = turn(g)
		}
		var data []byte
		name := "bang.xlsx"
		switch rng.IntN(4) {
		case 0:
			data, name = texts(t, ';', ",", g), "bang.csv"
		case 1:
			data, name = texts(t, ',', ".", g), "bang.csv"
		case 2:
			data, name = ods(t, page{name: "Bảng", rows: g}), "bang.ods"
		default:
			data = xlsx(t, page{name: "Bảng", rows: g})
		}
		c := &collector{}
		r, err := Kind.Parse(context.Background(), input(name, data), reform.Default(), c)
		if err != nil && !errors.Is(err, reform.ErrInvalid) {
			t.Fatalf("round %d: %v", round, err)
		}
		if c.refused() || err != nil {
			refused++
		} else {
			whole++
		}
		read0 += len(c.facts)
		for _, f := range c.facts {
			y := f.Period.String()
			if f.Index != "pci" || f.Component != "" || f.Unit == reform.TheNation {
				t.Fatalf("round %d: got %s\n%v\n%s%+v", round, line(f), head, c.said(), r.Mapping)
			}
			if f.Score.Valid && !truth[fmt.Sprintf("%s %s s%s", f.Unit, y, f.Score)] || f.Place > 0 && !truth[fmt.Sprintf("%s %s p%d", f.Unit, y, f.Place)] {
				t.Fatalf("round %d: a wrong number: %s (%s)\n%v\n%v\n%s%+v", round, line(f), f.Locator, top, head, parse.Shorten(c.said(), 1500), r.Mapping)
			}
		}
	}
	t.Logf("%d tables: %d read whole, %d with a problem, %d numbers", rounds, whole, refused, read0)
	if whole < rounds/3 {
		t.Errorf("only %d of %d tables were read without a problem", whole, rounds)
	}
}

// turn exchanges rows and columns below the title.
func turn(g grid0) grid0 {
	width := 0
	for _, r := range g[1:] {
		width = max(width, len(r))
	}
	out := grid0{g[0]}
	for c := range width {
		var row []any
		for _, r := range g[1:] {
			var v any
			if c < len(r) {
				v = r[c]
			}
			row = append(row, v)
		}
		out = append(out, row)
	}
	return out
}
