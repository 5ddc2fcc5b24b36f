package table

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
	"chiso/reform/viet"
)

// spelling is one way to name an index, as folded words.
type spelling struct{ words, index string }

// spellings lists the names of all indices, the longest first.
func spellings(cat *reform.Catalog) []spelling {
	var list []spelling
	for _, ix := range cat.Indices() {
		for _, s := range append([]string{ix.Code, ix.Name.VI, ix.Name.EN, ix.Short.VI, ix.Short.EN}, ix.Aliases...) {
			if w := viet.FoldWords(s); len(w) > 2 {
				list = append(list, spelling{w, ix.Code})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b spelling) int { return cmp.Compare(len(b.words), len(a.words)) })
	return list
}

// longTitle is where a text stops being a title.
const longTitle = 600

// indicesIn lists the indices that a title names; of two names of which one lies
// in the other only the longer counts.
func (p *parser) indicesIn(title string) []string {
	if len(title) > longTitle {
		return nil
	}
	w := " " + viet.FoldWords(title) + " "
	var found []string
	for _, s := range p.spellings {
		if !strings.Contains(w, " "+s.words+" ") {
			continue
		}
		w = strings.ReplaceAll(w, " "+s.words+" ", " | ")
		if !slices.Contains(found, s.index) {
			found = append(found, s.index)
		}
	}
	return found
}

// provincesIn lists the provinces that a title names, by words with a capital. The
// place in "Long An, ngày 5 tháng 4" is where a letter was signed, and no subject.
func (p *parser) provincesIn(title string, scheme reform.Scheme) []reform.UnitKey {
	if len(title) > longTitle {
		return nil
	}
	words := strings.FieldsFunc(title, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && !unicode.Is(unicode.Mn, r) && r != '.'
	})
	var found []reform.UnitKey
	for i := 0; i < len(words); {
		step := 1
		for n := min(6, len(words)-i); n > 0; n-- {
			if first := []rune(words[i])[0]; !unicode.IsUpper(first) {
				break
			}
			key, _, ok := p.units.Find(strings.Join(words[i:i+n], " "), scheme, reform.Province)
			if !ok {
				continue
			}
			step = n
			if i+n < len(words) && viet.Fold(words[i+n]) == "ngay" {
				break
			}
			if !slices.Contains(found, key) {
				found = append(found, key)
			}
			break
		}
		i += step
	}
	return found
}

// said is a constant with where it was read.
type said struct {
	where string
	text  string
	far   bool // it stands over another table of the sheet too
}

// titles are the texts around a table, the nearest first.
type titles struct {
	texts []said
}

func (t *titles) add(where, text string) {
	if text = viet.Clean(text); text != "" && len(t.texts) < 200 {
		t.texts = append(t.texts, said{where: where, text: text})
	}
}

// index is the one index that the nearest text with any names. Two in one text
// leave it to the columns.
func (p *parser) titleIndex(t *titles) (string, said) {
	for _, s := range t.texts {
		if found := p.indicesIn(s.text); len(found) == 1 {
			return found[0], s
		} else if len(found) > 1 {
			return "", s
		}
	}
	return "", said{}
}

// titleWhen is the one period that the nearest text with any names, and a text
// that says otherwise.
func (p *parser) titleWhen(t *titles) (w when, from said, other said) {
	for _, s := range t.texts {
		text := s.text
		if s.where == fileNameTitle {
			text = strings.NewReplacer("_", " ", "-", " ", "=", " ", "&", " ", "?", " ", "/", " ", ".", " ").Replace(text)
		}
		found := periodsIn(viet.FoldWords(text))
		weak := p.weakTitle(s)
		switch {
		case len(found) == 0:
		case w.zero() && len(found) == 1:
			w, from = found[0], s
		case w.zero():
			return when{}, s, said{}
		case len(found) > 1 || s.far:
		case found[0].year != 0 && w.year != 0 && found[0].year != w.year, found[0].part != "" && w.part != "" && found[0].part != w.part, weak && found[0].part != w.part && found[0].year != 0:
			if other.text == "" {
				other = s
			}
		case w.year == 0:
			w.year = found[0].year
			if w.part == "" {
				w.part = found[0].part
			}
		case w.part == "" && !weak:
			w.part = found[0].part // the title has the year, the sheet's name the month
		}
	}
	return w, from, other
}

const fileNameTitle = "file name"

// titleProvince is the one province that the nearest text with any names.
func (p *parser) titleProvince(l *layout, scheme reform.Scheme) (reform.UnitKey, bool) {
	if t, known := l.provinces[scheme]; known {
		return t.key, t.ok
	}
	var t titled
	for _, s := range l.titles.texts {
		if found := p.provincesIn(s.text, scheme); len(found) > 0 {
			if len(found) == 1 {
				t = titled{found[0], true}
			}
			break
		}
	}
	if l.provinces == nil {
		l.provinces = map[reform.Scheme]titled{}
	}
	l.provinces[scheme] = t
	return t.key, t.ok
}

// titleMeasure is place or score where the nearest texts speak of one only.
func titleMeasure(t *titles) measure {
	for _, s := range t.texts {
		if s.where == fileNameTitle {
			continue
		}
		w := viet.FoldWords(s.text)
		if strings.HasPrefix(w, "don vi tinh") {
			continue
		}
		ranks := hasAny(w, []string{"xep hang", "thu hang", "hang", "ranking", "rank", "vi thu"})
		scores := hasAny(w, []string{"diem", "diem so", "score", "scores", "ket qua diem"})
		switch {
		case ranks && !scores:
			return place
		case scores && !ranks:
			return score
		case scores:
			return noMeasure
		}
	}
	return noMeasure
}

// titlesOf gathers the texts around a table: its own title rows from the bottom
// up, those at the top of the sheet, the sheet's name, what the page says, the file's name.
func (p *parser) titlesOf(g *grid, from, to int, top []said) *titles {
	t := &titles{}
	for r := to - 1; r >= from; r-- {
		for _, c := range g.filled(r) {
			if x := g.at(r, c); x.kind == sheet.Date || len(x.text) > longTitle {
				continue
			}
			t.add(g.locator(r, c), g.at(r, c).text)
		}
	}
	for _, s := range top {
		t.add(s.where, s.text)
		if n := len(t.texts); n > 0 {
			t.texts[n-1].far = t.texts[n-1].far || s.far
		}
	}
	if g.src.Sheet.Name != "" {
		t.add("sheet name", strings.ReplaceAll(g.src.Sheet.Name, "_", " "))
	}
	for _, s := range g.src.Context {
		t.add("page", s)
	}
	base := path.Base(strings.ReplaceAll(p.in.Name, "\\", "/"))
	if !g.src.named() || len(g.src.Context) > 0 {
		t.add(fileNameTitle, viet.NFC(strings.NewReplacer("_", " ").Replace(base)))
	} else {
		t.add(fileNameTitle, viet.NFC(strings.NewReplacer("_", " ").Replace(strings.TrimSuffix(base, path.Ext(base)))))
	}
	return t
}

// named reports whether the sheet has a name of its own.
func (s Source) named() bool { return s.Sheet.Name != "" }

// optionWhen is the period that a person gave.
func (p *parser) optionWhen() (when, error) {
	o := p.in.Option(parse.OptPeriod)
	if o == "" {
		return when{}, nil
	}
	period, err := reform.ParsePeriod(o)
	if err != nil {
		return when{}, err
	}
	return whenOf(period), nil
}
