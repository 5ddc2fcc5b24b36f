package pages

import (
	"chiso/ingest/sheet"
	"chiso/reform/viet"
)

// joinTables puts together the pieces of tables that run on over pages. A piece that
// repeats the headings, or has none and the same columns, goes on with the table before it, when
// nothing stands between them.
func joinTables(items []item) []item {
	var out []item
	for _, it := range items {
		if it.table == nil {
			out = append(out, it)
			continue
		}
		if len(it.table.Sheet.Rows) == 0 {
			continue
		}
		if n := len(out); n > 0 && out[n-1].table != nil && out[n-1].table.lastOn == it.table.firstOn-1 {
			if out[n-1].table.append(it.table) {
				continue
			}
		}
		out = append(out, it)
	}
	return out
}

// append takes the rows of the next page's piece; false where it is another table.
func (t *Table) append(next *Table) bool {
	if len(t.bounds) != len(next.bounds) || t.ruled != next.ruled {
		return false
	}
	width := t.bounds[len(t.bounds)-1] - t.bounds[0]
	for i := range t.bounds {
		if d := t.bounds[i] - next.bounds[i]; d > 0.1*width || d < -0.1*width {
			return false
		}
	}
	same := 0
	for same < len(t.Sheet.Rows) && same < len(next.Sheet.Rows) && equalRows(t.Sheet.Rows[same], next.Sheet.Rows[same]) {
		same++
	}
	if next.header > 0 && same < next.header {
		return false
	}
	if same == 0 && !hasNumber(next.Sheet.Rows[0]) {
		return false
	}
	shift := len(t.Sheet.Rows) - same
	for _, m := range next.Sheet.Merged {
		if m.Row >= same {
			t.Sheet.Merged = append(t.Sheet.Merged, sheet.Range{Row: m.Row + shift, Col: m.Col, LastRow: m.LastRow + shift, LastCol: m.LastCol})
		}
	}
	t.Sheet.Rows = append(t.Sheet.Rows, next.Sheet.Rows[same:]...)
	t.rows = append(t.rows, next.rows[same:]...)
	t.lastOn, t.box = next.lastOn, next.box
	return true
}

func equalRows(a, b []sheet.Cell) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if viet.Fold(a[i].Text) != viet.Fold(b[i].Text) {
			return false
		}
	}
	return true
}

func hasNumber(row []sheet.Cell) bool {
	for _, c := range row {
		if numeric(c.Text) {
			return true
		}
	}
	return false
}
