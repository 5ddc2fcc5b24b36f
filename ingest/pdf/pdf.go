// Package pdf reads reports and decisions in PDF: tables are rebuilt from the places of
// the words on the page, the rest is read as prose. Pages that are pictures are read by
// character recognition where that is installed, and then only into the review queue.
//
// The reading of the file itself is left to poppler, which runs as programs of their own
// with limits: a hostile file can end one of them, not us.
package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"chiso/ingest/pages"
	"chiso/ingest/parse"
	"chiso/ingest/pdf/tool"
	"chiso/ingest/table"
	"chiso/reform"
)

const kindName = "pdf"

// Options say where the programs are and what one document may cost. Zero fields
// have defaults.
type Options struct {
	// Paths of programs; "": found by name on the system's PATH.
	PDFInfo, PDFToText, PDFToCairo, PDFImages, PDFToPPM, Tesseract string

	TempDir  string        // "": the system's
	Pages    int           // most pages of a document
	ScanPage int           // most pages that are read by character recognition
	Time     time.Duration // for the whole document
	Step     time.Duration // for one run of a program
	Memory   int64         // of one program, bytes

	Mappings *table.Mappings // kept mapping files; nil: none
}

func (o Options) orDefault() Options {
	if o.Pages <= 0 {
		o.Pages = 1000
	}
	if o.ScanPage <= 0 {
		o.ScanPage = 60
	}
	if o.Time <= 0 {
		o.Time = 15 * time.Minute
	}
	if o.Step <= 0 {
		o.Step = 90 * time.Second
	}
	if o.Memory <= 0 {
		o.Memory = 1536 << 20
	}
	return o
}

// Kind is the kind of document that this package reads, with default options.
var Kind = KindWith(Options{})

// KindWith is Kind with options.
func KindWith(o Options) parse.Kind {
	o = o.orDefault()
	return parse.Kind{
		Name:   kindName,
		Title:  reform.Text{VI: "Báo cáo, quyết định dạng PDF", EN: "Report or decision in PDF"},
		Detect: Detect,
		Parse: func(ctx context.Context, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
			return read(ctx, o, in, cat, sink)
		},
	}
}

// Detect is how sure it is that a document is a PDF.
func Detect(p parse.Probe) parse.Certainty {
	switch at := bytes.Index(p.Head[:min(len(p.Head), 1024)], []byte("%PDF-")); {
	case at == 0:
		return 99
	case at > 0:
		return 90 // junk before the beginning is common
	}
	return 0
}

// reader reads one document.
type reader struct {
	ctx   context.Context
	o     Options
	in    parse.Input
	sink  reform.Sink
	dir   string
	file  string
	tools map[string]string

	pages    int
	pictures map[int]float64 // share of the page that its largest picture covers
	damage   []string
}

func read(ctx context.Context, o Options, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
	ctx, cancel := context.WithTimeout(ctx, o.Time)
	defer cancel()
	res := parse.Result{Kind: kindName, Mapping: parse.Mapping{Layout: "pages"}}
	r := &reader{ctx: ctx, o: o, in: in, sink: sink, tools: map[string]string{}, pictures: map[int]float64{}}
	lim := in.Limits.OrDefault()
	if in.Size > lim.Bytes {
		return res, parse.TooLarge("the file", in.Size, lim.Bytes, "bytes")
	}
	if !r.haveTools() {
		return res, nil
	}
	dir, err := os.MkdirTemp(o.TempDir, "chiso-pdf-")
	if err != nil {
		return res, fmt.Errorf("a folder for the PDF tools: %w", err)
	}
	defer os.RemoveAll(dir)
	r.dir, r.file = dir, filepath.Join(dir, "in.pdf")
	if err := r.copy(); err != nil {
		return res, err
	}
	if whole, err := r.whole(); err != nil || !whole {
		return res, err
	}
	if ok, err := r.info(); err != nil || !ok {
		return res, err
	}
	list, err := r.text()
	if err != nil || list == nil {
		return res, err
	}
	if err := r.images(); err != nil {
		return res, err
	}
	var printed []pages.Page
	var scanned []int
	for _, p := range list {
		switch {
		case r.pictures[p.Number] > pictureShare, unreadable(p.Words), len(p.Words) == 0 && r.pictures[p.Number] > 0.2:
			scanned = append(scanned, p.Number)
		case len(p.Words) > 0:
			printed = append(printed, p)
		}
	}
	if len(printed)+len(scanned) == 0 {
		r.refuse("no-text", "", "Tệp PDF có %d trang nhưng không có chữ và không có ảnh: không có gì để đọc.",
			"The PDF has %d pages, but neither text nor pictures: there is nothing to read.", r.pages)
		return res, nil
	}
	if err := r.rules(printed); err != nil {
		return res, err
	}
	r.sayDamage()
	if len(printed) > 0 {
		doc := pages.Read(printed)
		for _, p := range doc.Problems {
			sink.Problem(p)
		}
		parts := doc.Parts(kindName, "pdf")
		parts.Mappings = o.Mappings
		if res, err = pages.Hand(ctx, parts, in, cat, sink); err != nil {
			return res, err
		}
		res.Issuer = issuerOf(doc.Text)
	}
	if len(scanned) == 0 {
		return res, nil
	}
	return r.scans(res, scanned, len(printed) == 0, cat)
}

// pictureShare is how much of a page a picture covers at least where the page is a
// scan. Its text, if it has any, was recognised by the scanner and is as doubtful as ours.
const pictureShare = 0.65

func (r *reader) refuse(code, text, vi, en string, args ...any) {
	r.sink.Problem(parse.Problem(code, "document", "", text, vi, en, args...))
}

// haveTools finds the programs that every PDF needs.
func (r *reader) haveTools() bool {
	for _, t := range []struct{ name, configured string }{
		{"pdfinfo", r.o.PDFInfo}, {"pdftotext", r.o.PDFToText}, {"pdftocairo", r.o.PDFToCairo}, {"pdfimages", r.o.PDFImages},
	} {
		path, err := tool.Find(t.configured, t.name)
		if err != nil {
			r.refuse("missing-tool", t.name,
				"Để đọc tệp PDF cần chương trình %s (gói poppler-utils), chưa được cài trên máy chủ. Cài trên Debian/Ubuntu: apt-get install poppler-utils.",
				"Reading a PDF needs the program %s (package poppler-utils), which is not installed on the server. On Debian or Ubuntu: apt-get install poppler-utils.", t.name)
			return false
		}
		r.tools[t.name] = path
	}
	return true
}

func (r *reader) copy() error {
	f, err := os.OpenFile(r.file, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("a copy for the PDF tools: %w", err)
	}
	_, err = io.Copy(f, r.in.Reader())
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("a copy for the PDF tools: %w", err)
	}
	return nil
}

// whole reports whether the file has its end. Poppler repairs files that were cut off as
// well as it can, and what was behind the cut would be missing without a word.
func (r *reader) whole() (bool, error) {
	tail := make([]byte, min(r.in.Size, 64<<10))
	if _, err := r.in.File.ReadAt(tail, r.in.Size-int64(len(tail))); err != nil && err != io.EOF {
		return false, err
	}
	if bytes.Contains(tail, []byte("%%EOF")) {
		return true, nil
	}
	r.refuse("truncated", "", "Tệp PDF bị cắt ngang (không có phần kết thúc): hãy tải lại.", "The PDF is cut off (its end is missing): download it again.")
	return false, nil
}

// run runs one of the programs on the document.
func (r *reader) run(output int64, name string, args ...string) (tool.Answer, error) {
	a, err := tool.Run(r.ctx, tool.Limits{Time: r.o.Step, Output: output, Memory: r.o.Memory}, r.dir, r.tools[name], args...)
	if errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("the PDF took longer than %s to read: %w", r.o.Time, reform.ErrTimeout)
	}
	return a, err
}

var infoLine = regexp.MustCompile(`(?m)^(Pages|Encrypted):\s+(.*)$`)

// info reads what the document says of itself; false where it can't be read at all.
func (r *reader) info() (bool, error) {
	a, err := r.run(1<<20, "pdfinfo", r.file)
	if err != nil {
		return false, err
	}
	known := map[string]string{}
	for _, m := range infoLine.FindAllStringSubmatch(string(a.Out), -1) {
		known[m[1]] = strings.TrimSpace(m[2])
	}
	if a.Code != 0 {
		if strings.Contains(strings.ToLower(a.Errors), "password") {
			r.refuse("encrypted", "", "Tệp PDF được khóa bằng mật khẩu: hãy mở khóa (in lại thành PDF không mật khẩu) rồi nạp.", "The PDF is locked by a password: save it without one and load that.")
			return false, nil
		}
		if strings.Contains(a.Errors, "Invalid page count 0") {
			r.refuse("no-pages", "", "Tệp PDF không có trang nào.", "The PDF has no pages.")
			return false, nil
		}
		r.refuse("damaged", firstLine(a.Errors), "Tệp PDF bị hỏng, không mở được (%s): hãy tải lại.", "The PDF is damaged and can't be opened (%s): download it again.", firstLine(a.Errors))
		return false, nil
	}
	r.pages, _ = strconv.Atoi(known["Pages"])
	if r.pages <= 0 {
		r.refuse("no-pages", "", "Tệp PDF không có trang nào.", "The PDF has no pages.")
		return false, nil
	}
	if r.pages > r.o.Pages {
		return false, parse.TooLarge("the PDF", int64(r.pages), int64(r.o.Pages), "pages")
	}
	r.noteDamage(a.Errors)
	return true, nil
}

// batch is how many pages are read at once: it bounds the memory.
const batch = 40

// text reads the words of all pages; nil where the document forbids it.
func (r *reader) text() ([]pages.Page, error) {
	lim := r.in.Limits.OrDefault()
	var list []pages.Page
	words := 0
	for from := 1; from <= r.pages; from += batch {
		to := min(from+batch-1, r.pages)
		a, err := r.run(lim.Part, "pdftotext", "-bbox-layout", "-enc", "UTF-8", "-f", strconv.Itoa(from), "-l", strconv.Itoa(to), r.file, "-")
		if err != nil {
			return nil, err
		}
		switch {
		case a.Code == 3:
			r.refuse("copy-forbidden", "", "Tệp PDF không cho phép sao chép chữ: hãy xin bản không khóa hoặc bảng tính.", "The PDF does not permit its text to be copied: ask for an open copy or a spreadsheet.")
			return nil, nil
		case a.Code != 0:
			r.refuse("damaged", firstLine(a.Errors), "Không đọc được chữ ở các trang %d-%d (%s).", "The text of pages %d-%d can't be read (%s).", from, to, firstLine(a.Errors))
			return nil, nil
		}
		r.noteDamage(a.Errors)
		got, err := parseBoxes(bytes.NewReader(a.Out), from)
		if err != nil {
			return nil, fmt.Errorf("pages %d-%d: %w", from, to, err)
		}
		if len(got) != to-from+1 {
			r.refuse("damaged", "", "Tệp PDF khai có %d trang, nhưng ở các trang %d-%d chỉ đọc được %d.", "The PDF claims %d pages, but of pages %d-%d only %d can be read.", r.pages, from, to, len(got))
			return nil, nil
		}
		for _, p := range got {
			words += len(p.Words)
		}
		if words > lim.Cells {
			return nil, parse.TooLarge("the PDF", int64(words), int64(lim.Cells), "words")
		}
		list = append(list, got...)
	}
	return list, nil
}

// images finds the pages that a picture covers.
func (r *reader) images() error {
	a, err := r.run(8<<20, "pdfimages", "-list", r.file)
	if err != nil {
		return err
	}
	r.noteDamage(a.Errors)
	a2, err := r.run(8<<20, "pdfinfo", "-f", "1", "-l", strconv.Itoa(r.pages), r.file)
	if err != nil {
		return err
	}
	size := map[int]float64{}
	for _, m := range pageSize.FindAllStringSubmatch(string(a2.Out), -1) {
		n, _ := strconv.Atoi(m[1])
		w, _ := strconv.ParseFloat(m[2], 64)
		h, _ := strconv.ParseFloat(m[3], 64)
		size[n] = w * h
	}
	for n, area := range pictureAreas(a.Out) {
		if size[n] > 0 {
			r.pictures[n] = area / size[n]
		}
	}
	return nil
}

var pageSize = regexp.MustCompile(`(?m)^Page\s+(\d+) size:\s+([0-9.]+) x ([0-9.]+) pts`)

// pictureAreas is the area in square points that pictures cover, by page: of the
// largest, or of all strips of a scan together.
func pictureAreas(out []byte) map[int]float64 {
	areas := map[int]float64{}
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		// page num type width height color comp bpc enc interp object ID x-ppi y-ppi size ratio
		if len(f) < 14 || f[2] != "image" && f[2] != "stencil" {
			continue
		}
		page, err := strconv.Atoi(f[0])
		w, err1 := strconv.ParseFloat(f[3], 64)
		h, err2 := strconv.ParseFloat(f[4], 64)
		x, err3 := strconv.ParseFloat(f[12], 64)
		y, err4 := strconv.ParseFloat(f[13], 64)
		if errors.Join(err, err1, err2, err3, err4) != nil || x <= 0 || y <= 0 {
			continue
		}
		areas[page] += w / x * 72 * h / y * 72
	}
	return areas
}

// rules reads the drawn lines of pages that may hold a table.
func (r *reader) rules(list []pages.Page) error {
	for i := range list {
		p := &list[i]
		numbers := 0
		for _, w := range p.Words {
			if strings.ContainsAny(w.Text, "0123456789") {
				numbers++
			}
		}
		if numbers < 4 {
			continue
		}
		n := strconv.Itoa(p.Number)
		a, err := r.run(48<<20, "pdftocairo", "-svg", "-origpagesizes", "-noshrink", "-nocenter", "-f", n, "-l", n, r.file, "-")
		if errors.Is(err, reform.ErrTooLarge) {
			continue // a drawing of that size is no table: the page is read by its words
		}
		if err != nil {
			return err
		}
		if a.Code != 0 {
			continue
		}
		if p.Rules, err = parseRules(bytes.NewReader(a.Out)); err != nil {
			p.Rules = nil
		}
	}
	return nil
}

// harmless are complaints of poppler that cost no text.
var harmless = regexp.MustCompile(`(?i)annot|outline|bookmark|dest(?:ination)?\b|optional content|default config|bounding box|mismatch between font type|metadata|named action|colorspace|color space|icc|illegal URI|structelement|struct tree`)

func (r *reader) noteDamage(complaints string) {
	for line := range strings.Lines(complaints) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "Syntax Error") && !strings.HasPrefix(line, "Internal Error") || harmless.MatchString(line) || len(r.damage) >= 20 {
			continue
		}
		if !slices.Contains(r.damage, line) {
			r.damage = append(r.damage, line)
		}
	}
}

// sayDamage refuses what could be read in part only: nobody sees what is missing.
func (r *reader) sayDamage() {
	if len(r.damage) > 0 {
		r.refuse("damaged", strings.Join(r.damage, "; "), "Tệp PDF có chỗ hỏng (%s): có thể thiếu chữ. Hãy tải lại; nếu vẫn vậy, đối chiếu rồi nạp phần đọc được.",
			"Parts of the PDF are damaged (%s): text may be missing. Download it again; if that does not help, compare it and load what can be read.", parse.Shorten(r.damage[0], 120))
	}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return parse.Shorten(s, 160)
}

// unreadable reports whether the words have no letters that mean anything: the font
// came without a table of its characters.
func unreadable(words []pages.Word) bool {
	bad, all := 0, 0
	for _, w := range words {
		for _, c := range w.Text {
			all++
			if c == '\ufffd' || c >= 0xE000 && c <= 0xF8FF || c < ' ' {
				bad++
			}
		}
	}
	return all > 0 && bad*4 > all
}

var issuers = regexp.MustCompile(`(?m)^(BỘ NỘI VỤ|BỘ TƯ PHÁP|BỘ KHOA HỌC VÀ CÔNG NGHỆ|BỘ THÔNG TIN VÀ TRUYỀN THÔNG|(?:ỦY BAN NHÂN DÂN|UBND)(?: TỈNH| THÀNH PHỐ)? [\p{Lu} -]{2,40})`)

// issuerOf is the office at the head of a decision.
func issuerOf(text string) string {
	head := text[:min(len(text), 600)]
	if m := issuers.FindString(head); m != "" {
		return strings.TrimSpace(m)
	}
	return ""
}
