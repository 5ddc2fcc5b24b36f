package prose

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"chiso/ingest/parse"
	"chiso/internal/testshared"
	"chiso/reform"
)

// keeper is a sink that keeps all.
type keeper struct {
	facts    []reform.Fact
	problems []reform.Problem
}

func (k *keeper) Fact(f *reform.Fact) error { k.facts = append(k.facts, *f); return nil }

func (k *keeper) Problem(p reform.Problem) { k.problems = append(k.problems, p) }

func read(tb testing.TB, name string, b []byte, options map[string]string) (parse.Result, *keeper) {
	tb.Helper()
	k := &keeper{}
	res, err := Parse(context.Background(), parse.Input{Name: name, File: bytes.NewReader(b), Size: int64(len(b)), Options: options}, reform.Default(), k)
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	for _, p := range k.problems {
		if !p.Warning {
			tb.Errorf("%s: got a problem that refuses the article: %s (%s)", name, p.Reason, p.Text)
		}
	}
	return res, k
}

// TestSeeds reads the texts that the product was asked for from: all that the
// first screen shows is in them, each with its words.
func TestSeeds(t *testing.T) {
	dir := filepath.Join(testshared.Dir(t), "seeds")
	for _, c := range []struct {
		file string
		want []string
	}{
		{"003_0c0d0db4d0f89545.txt", []string{
			"par Long An 2012 #20/63", "par Long An 2013 #50/63", "par Long An 2014 #48/63", "par Long An 2015 #23/63",
			"par Long An 2016 #30/63", "par Long An 2017 #12/63", "par Long An 2018 #7/63", "par Long An 2019 #5/63"}},
		{"000_ccd69d8b83696ad0.txt", []string{"s766 Long An 2023 #55/63", "s766 Long An 2023 [CLGQ] =3.5", "s766 Long An 2023 [MDSH] =5.3", "s766 Long An 2023 [TTTT] =3.7"}},
		{"001_bff38d4af7c617ec.txt", []string{
			"dept Sở Tư pháp 2021 #1", "par Hậu Giang 2021 #27/63", "par Hậu Giang 2021 #3/13 in vn63:r:DBSCL",
			"par Hậu Giang 2021 [2] #1 in vn63:r:DBSCL", "par Hậu Giang 2021 [2] #4"}},
		{"002_d2e04ace5cb53ccf.txt", []string{"moj Long An 2023 #4/63"}},
		{"004_3f8d0b47124cc1de.txt", []string{
			"dossiers Sở Tư pháp 2024-01/2024-11 [carried-over] =555", "dossiers Sở Tư pháp 2024-01/2024-11 [in-progress] =301",
			"dossiers Sở Tư pháp 2024-01/2024-11 [procedures-level-2] =49", "dossiers Sở Tư pháp 2024-01/2024-11 [procedures-level-3] =25",
			"dossiers Sở Tư pháp 2024-01/2024-11 [procedures-level-4] =74", "dossiers Sở Tư pháp 2024-01/2024-11 [procedures] =148",
			"dossiers Sở Tư pháp 2024-01/2024-11 [received-in-person] =6806", "dossiers Sở Tư pháp 2024-01/2024-11 [received-online] =8252",
			"dossiers Sở Tư pháp 2024-01/2024-11 [received] =15613", "dossiers Sở Tư pháp 2024-01/2024-11 [resolved-late] =1",
			"dossiers Sở Tư pháp 2024-01/2024-11 [resolved-on-time] =15264", "dossiers Sở Tư pháp 2024-01/2024-11 [resolved] =15265",
			"dossiers Sở Tư pháp 2024-01/2024-11 [tasks] =33"}},
	} {
		b, err := os.ReadFile(filepath.Join(dir, c.file))
		if err != nil {
			t.Fatal(err)
		}
		_, k := read(t, c.file, b, nil)
		text := []rune(Normal(string(b)))
		var got []string
		for i := range k.facts {
			f := &k.facts[i]
			if f.Status == reform.Review {
				continue
			}
			got = append(got, say(f))
			var from, to int
			if _, err := scanLocator(f.Locator, &from, &to); err != nil || to > len(text) || string(text[from:to]) != f.Quote {
				t.Errorf("%s: the locator %q does not lead to the words %q", c.file, f.Locator, f.Quote)
			}
		}
		slices.Sort(got)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", c.file, d)
		}
		for i := range k.facts {
			f := &k.facts[i]
			switch {
			case f.Index == "dept" && (f.Unit != "vn63:93/so-tu-phap" || f.Scope != "vn63:93"):
				t.Errorf("dept: got unit %s in %s, want vn63:93/so-tu-phap in vn63:93", f.Unit, f.Scope)
			case f.Index == "dossiers" && f.Unit != "vn63:89/so-tu-phap":
				t.Errorf("dossiers: got unit %s, want vn63:89/so-tu-phap", f.Unit)
			case f.Component == "tasks" && (!f.Numerator.Equal(reform.Num("33")) || !f.Denominator.Equal(reform.Num("33"))):
				t.Errorf("tasks: got %s of %s, want 33 of 33", f.Numerator, f.Denominator)
			}
		}
	}
}

func scanLocator(s string, from, to *int) (int, error) {
	a, b, ok := strings.Cut(strings.TrimPrefix(s, "chars "), "-")
	if !ok {
		return 0, errors.New("no range")
	}
	var err error
	if *from, err = atoi(a); err != nil {
		return 0, err
	}
	*to, err = atoi(b)
	return 2, err
}

func atoi(s string) (int, error) {
	n := 0
	for _, c := range s {
		if c < '0' || c > '9' {
			return 0, errors.New("no number")
		}
		n = n*10 + int(c-'0')
	}
	return n, nil
}

// TestOwnContradiction: the report of An Giang has 15.613 dossiers received, and 15.566
// resolved or in progress. It is said, and the numbers are kept.
func TestOwnContradiction(t *testing.T) {
	text := "BÁO CÁO công tác cải cách hành chính 9 tháng đầu năm 2024 của Sở Y tế tỉnh Long An\n\nSở Y tế tiếp nhận 1.613 hồ sơ; trong đó trực tuyến là 1.052, trực tiếp 506, hồ sơ kỳ trước chuyển sang là 55. Số hồ sơ đã giải quyết là 1.265 (trong đó 1.264 hồ sơ đúng hạn, 01 hồ sơ quá hạn); đang giải quyết 301 hồ sơ.\n"
	_, k := read(t, "report.txt", []byte(text), nil)
	if len(k.facts) != 8 {
		t.Errorf("got %d counts, want 8", len(k.facts))
	}
	for _, f := range k.facts {
		if f.Status != reform.Final || f.Unit != "vn63:80/so-y-te" || f.Period.String() != "2024-01/2024-09" {
			t.Errorf("got %s of %s in %s (%s), want a final count of vn63:80/so-y-te in 2024-01/2024-09", f.Component, f.Unit, f.Period, f.Status)
		}
	}
	var sums []string
	for _, p := range k.problems {
		if p.Code == "sum-differs" {
			sums = append(sums, p.Reason)
		}
	}
	want := []string{"The report has 1613 received, resolved and in progress add up to 1566: 47 are unaccounted for; the report's numbers are kept."}
	if d := cmp.Diff(want, sums); d != "" {
		t.Errorf("contradictions (-want +got)\n%s", d)
	}
}

// TestHTML reads a page: its article, not its navigation; its own title, publisher and day.
func TestHTML(t *testing.T) {
	page := `<!DOCTYPE html><html><head><title>Trang chủ</title><meta property="og:title" content="Trà Vinh: Chỉ số PAR INDEX năm 2022">
<meta property="og:site_name" content="Cổng thông tin Trà Vinh"><meta property="article:published_time" content="2023-04-26T08:00:00+07:00">
<script>var x = "Long An xếp thứ 1/63 PAR INDEX 2022";</script></head><body>
<nav><ul><li>PAR INDEX 2019: Long An xếp thứ 5/63</li></ul></nav>
<div class="content"><h1>Trà Vinh: Chỉ số PAR INDEX năm 2022</h1><p>Kết quả, tỉnh đứng thứ hạng 50/63,
đạt <b>83,00</b>/100 điểm.</p><p>Đây là kết quả do Bộ Nội vụ công bố ngày 19/4/2023 tại hội nghị trực tuyến toàn quốc.</p></div>
<footer>Bến Tre dẫn đầu PAR INDEX 2022</footer></body></html>`
	res, k := read(t, "https://travinh.gov.vn/a", []byte(page), nil)
	var got []string
	for i := range k.facts {
		got = append(got, say(&k.facts[i]))
	}
	slices.Sort(got)
	if d := cmp.Diff([]string{"par Trà Vinh 2022 #50/63", "par Trà Vinh 2022 =83"}, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if res.Title != "Trà Vinh: Chỉ số PAR INDEX năm 2022" || res.Issuer != "Cổng thông tin Trà Vinh" {
		t.Errorf("got title %q and issuer %q", res.Title, res.Issuer)
	}
	doc, err := FromHTML(page, "")
	if err != nil || doc.Date != "2023-04-26" {
		t.Errorf("got day %q (%v), want 2023-04-26", doc.Date, err)
	}
	if strings.Contains(doc.Text, "Bến Tre") || strings.Contains(doc.Text, "var x") {
		t.Errorf("the text holds what is no part of the article: %q", doc.Text)
	}
}

// TestOptions: what a person says of a text that says it nowhere itself.
func TestOptions(t *testing.T) {
	text := "Kết quả năm nay của tỉnh được công bố. Chỉ số PAR INDEX xếp thứ 7/63 tỉnh, thành phố."
	_, k := read(t, "a.txt", []byte(text), map[string]string{parse.OptUnit: "vn63:80", parse.OptPeriod: "2023"})
	if len(k.facts) != 1 || say(&k.facts[0]) != "par Long An 2023 #7/63" {
		t.Errorf("got %d facts, want par Long An 2023 #7/63", len(k.facts))
	}
	in := parse.Input{Name: "a.txt", File: strings.NewReader(text), Size: int64(len(text)), Options: map[string]string{parse.OptPeriod: "năm 2023"}}
	if _, err := Parse(context.Background(), in, reform.Default(), &keeper{}); !errors.Is(err, reform.ErrInvalid) {
		t.Errorf("a period that is none: got %v, want ErrInvalid", err)
	}
}

// TestRefused: bytes that are no text are said to be so.
func TestRefused(t *testing.T) {
	for name, b := range map[string][]byte{"latin.txt": []byte("T\xe2y Ninh x\xff\xfe"), "half.txt": []byte("Chỉ số \xe1\xbb")} {
		in := parse.Input{Name: name, File: bytes.NewReader(b), Size: int64(len(b))}
		if _, err := Parse(context.Background(), in, reform.Default(), &keeper{}); !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
	big := parse.Input{Name: "big.txt", File: strings.NewReader(""), Size: 1 << 40}
	if _, err := Parse(context.Background(), big, reform.Default(), &keeper{}); !errors.Is(err, reform.ErrTooLarge) {
		t.Errorf("got %v, want ErrTooLarge", err)
	}
}

// TestTwoValues: of a number that a document gives twice neither value is settled; both
// go to a person, and it is said. What it repeats is one fact.
func TestTwoValues(t *testing.T) {
	text := "PAR INDEX 2023\n\nPAR INDEX năm 2023 của Long An xếp thứ 7/63. Chỉ số PAR INDEX năm 2023 của Long An xếp thứ 8/63, đạt 88,1%. PAR INDEX năm 2023 của Bến Tre đạt 85,1%. PAR INDEX năm 2023 của Bến Tre đạt 85,10%."
	_, k := read(t, "a.txt", []byte(text), nil)
	var got []string
	for i := range k.facts {
		got = append(got, say(&k.facts[i]))
	}
	slices.Sort(got)
	want := []string{"par Bến Tre 2023 =85.1", "par Long An 2023 #7/63 ?", "par Long An 2023 #8/63 ?", "par Long An 2023 =88.1"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	said := false
	for _, p := range k.problems {
		said = said || p.Code == "two-values"
	}
	if !said {
		t.Error("got no warning about the two places of Long An")
	}
}

func TestDetect(t *testing.T) {
	article := "Chỉ số PAR INDEX năm 2022 của tỉnh Trà Vinh được Bộ Nội vụ công bố, xếp thứ 50/63 tỉnh, thành phố trong cả nước."
	for _, c := range []struct {
		name, head string
		low, high  int
	}{
		{"article", article, 40, 60},
		{"page", "<html><body><p>" + article + "</p></body></html>", 40, 60},
		{"page cut inside a letter", "<html><body><p>" + article + " Trà Vinh \xe1\xbb", 40, 60},
		{"workbook", "PK\x03\x04" + article, 0, 0},
		{"pdf", "%PDF-1.7 " + article, 0, 0},
		{"json", `{"quote": "` + article + `"}`, 0, 0},
		{"bracket", `[Infographic] "Chỉ số" ` + article, 40, 60},
		{"binary", article + "\x00", 0, 0},
		{"english", "The quick brown fox jumps over the lazy dog again and again and again.", 0, 0},
		{"numbers", strings.Repeat("Tỉnh 1 2 3 4 5 6\n", 20), 0, 10},
	} {
		if got := Detect(parse.Probe{Name: c.name, Head: []byte(c.head)}); got < c.low || got > c.high {
			t.Errorf("%s: got certainty %d, want %d to %d", c.name, got, c.low, c.high)
		}
	}
}

// FuzzExtract: no text makes the parser panic, and what it hands over can be stored
// and found again.
func FuzzExtract(f *testing.F) {
	for _, v := range variants {
		f.Add(v.title + "\n" + v.text)
	}
	f.Add("<html><p>PAR INDEX 2023: Long An xếp thứ 7/63")
	f.Add("Hạng | Tỉnh | PAR INDEX 2020\n1 | Long An | 86,25\n2 | Bến Tre | 85")
	f.Add("từ 1 lên 2 (((( PAR INDEX ))) thứ 5 và thứ 6 lần lượt là ; ; ;")
	f.Fuzz(func(t *testing.T, s string) {
		k := &keeper{}
		_, err := Parse(context.Background(), parse.Input{Name: "fuzz", File: strings.NewReader(s), Size: int64(len(s))}, reform.Default(), k)
		if err != nil {
			if !errors.Is(err, reform.ErrInvalid) {
				t.Fatalf("got %v, want no error or ErrInvalid", err)
			}
			return
		}
		for _, x := range k.facts {
			switch {
			case x.Period.IsZero() || x.Index == "" || x.Unit == "":
				t.Errorf("a fact without index, unit or period: %+v", x)
			case x.Of > 0 && x.Place > x.Of:
				t.Errorf("place %d of %d", x.Place, x.Of)
			case x.Score.Valid && x.Max.Valid && x.Score.Decimal.GreaterThan(x.Max.Decimal):
				t.Errorf("score %s over %s", x.Score, x.Max)
			case x.Quote == "" || !utf8.ValidString(x.Quote):
				t.Errorf("words %q", x.Quote)
			case x.Status == reform.Review && x.Note == "":
				t.Error("a candidate for review without a reason")
			}
		}
	})
}

// TestLinear: the time grows with the text, not with its square, also on texts made to hurt. Four
// times the text may take ten times as long on a busy machine; a square would take sixteen.
func TestLinear(t *testing.T) {
	const size = 128 << 10
	for name, piece := range map[string]string{
		"article":     variants[0].text + "\n",
		"one line":    "Long An xếp thứ 5/63, ",
		"from to":     "từ 1 từ 2 lên ",
		"brackets":    "((((((((",
		"indices":     "PAR INDEX và SIPAS, ",
		"numbers":     "1/2/3/4 5,6 ",
		"units":       "Long An, Bến Tre, ",
		"hồ sơ":       "tiếp nhận 5 hồ sơ trực tuyến 6 ",
		"bars":        "a | b | c | d\n",
		"no spaces":   "aaaaaaaaaaaaaaaaaaaa",
		"open tags":   "<div><p>PAR INDEX 2023 ",
		"places":      "thứ 1 và thứ 2 và ",
		"superlative": "đứng đầu là Long An, ",
	} {
		read := func(size int) time.Duration {
			text := strings.Repeat(piece, size/len(piece))
			if name == "open tags" {
				text = "<html>" + text
			}
			start := time.Now()
			_, err := Parse(context.Background(), parse.Input{Name: name, File: strings.NewReader(text), Size: int64(len(text))}, reform.Default(), &keeper{})
			if err != nil && !errors.Is(err, reform.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
			return time.Since(start)
		}
		// The shortest of a few, since the machine does other things too.
		shortest := func(size int) time.Duration { return min(read(size), read(size), read(size)) }
		small, large := shortest(size), shortest(4*size)
		if large > 10*small+50*time.Millisecond {
			t.Errorf("%s: %v for %d kB, %v for four times as much", name, small, size>>10, large)
		}
	}
}

func BenchmarkExtract(b *testing.B) {
	var s strings.Builder
	for s.Len() < 1<<20 {
		for _, v := range variants {
			s.WriteString(v.text)
			s.WriteString("\n")
			s.WriteString("Thời gian qua, cấp ủy, chính quyền các cấp đã tập trung lãnh đạo, chỉ đạo thực hiện đồng bộ các nhiệm vụ, giải pháp cải cách hành chính, nâng cao chất lượng phục vụ Nhân dân trên địa bàn.\n")
		}
	}
	text := s.String()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, _, err := Extract(context.Background(), Doc{Text: text}, reform.Default()); err != nil {
			b.Fatal(err)
		}
	}
}
