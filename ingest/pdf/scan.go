package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"chiso/ingest/pages"
	"chiso/ingest/parse"
	"chiso/ingest/pdf/tool"
	"chiso/reform"
)

// resolution of the pictures that are read, in dots per inch (A4: 3508 dots high): what tesseract was trained on.
const resolution = 300

var scanNote = reform.Text{
	VI: "Đọc bằng nhận dạng chữ từ bản quét: phải đối chiếu với trang gốc.",
	EN: "Read from a scan by character recognition: compare it with the page.",
}

// scans reads pages that are pictures, into the review queue only.
func (r *reader) scans(res parse.Result, list []int, all bool, cat *reform.Catalog) (parse.Result, error) {
	where := pageList(list)
	missing, err := r.recogniser()
	if err != nil {
		return res, err
	}
	switch {
	case missing != "" && all:
		r.refuse("scan", where, "Tệp PDF là bản quét (không có lớp chữ, %d trang). Để đọc vào hàng chờ duyệt, cài trên máy chủ: apt-get install %s; hoặc nạp bản có chữ.",
			"The PDF is a scan (without a text layer, %d pages). To have it read into the review queue, install on the server: apt-get install %s; or load a version with text.", r.pages, missing)
		return res, nil
	case missing != "":
		r.sink.Problem(parse.Warning("scan", "document", where, "", "Các trang %s là ảnh quét và không được đọc. Để đọc vào hàng chờ duyệt, cài trên máy chủ: apt-get install %s.",
			"Pages that are scans were not read (%s). To have them read into the review queue, install on the server: apt-get install %s.", where, missing))
		return res, nil
	}
	if len(list) > r.o.ScanPage {
		return res, parse.TooLarge("the scan", int64(len(list)), int64(r.o.ScanPage), "pages to recognise")
	}
	var found []pages.Page
	for _, n := range list {
		p, err := r.recognise(n)
		if err != nil {
			return res, err
		}
		found = append(found, p)
	}
	r.sink.Problem(parse.Warning("scan", "document", where, "", "Các trang %s là bản quét: số liệu nhận dạng được chỉ vào hàng chờ duyệt, chưa phải là số liệu.",
		"Scanned pages (%s): what was recognised on them waits for review and is no number yet.", where))
	doc := pages.Read(found)
	for _, p := range doc.Problems {
		p.Warning = true
		r.sink.Problem(p)
	}
	parts := doc.Parts(kindName, "scan")
	parts.Review = scanNote
	parts.Mappings = r.o.Mappings
	got, err := pages.Hand(r.ctx, parts, r.in, cat, r.sink)
	if all {
		return got, err
	}
	res.Rows += got.Rows
	res.Facts += got.Facts
	for _, p := range got.Periods {
		res.AddPeriod(p)
	}
	res.Mapping.Sheets = append(res.Mapping.Sheets, got.Mapping.Sheets...)
	return res, err
}

// recogniser finds the programs of character recognition; missing names the packages that lack.
func (r *reader) recogniser() (missing string, err error) {
	path, err := tool.Find(r.o.Tesseract, "tesseract")
	if err != nil {
		return "tesseract-ocr tesseract-ocr-vie poppler-utils", nil
	}
	r.tools["tesseract"] = path
	if r.tools["pdftoppm"], err = tool.Find(r.o.PDFToPPM, "pdftoppm"); err != nil {
		return "poppler-utils", nil
	}
	a, err := r.run(1<<20, "tesseract", "--list-langs")
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(a.Out) + "\n" + a.Errors) {
		if strings.TrimSpace(line) == "vie" {
			return "", nil
		}
	}
	return "tesseract-ocr-vie", nil
}

// recognise reads the picture of one page.
func (r *reader) recognise(n int) (pages.Page, error) {
	page := pages.Page{Number: n}
	base := filepath.Join(r.dir, "page")
	no := strconv.Itoa(n)
	a, err := r.run(1<<20, "pdftoppm", "-gray", "-scale-to", "3508", "-f", no, "-l", no, "-singlefile", r.file, base)
	if err != nil {
		return page, err
	}
	picture := base + ".pgm"
	if a.Code != 0 {
		return page, fmt.Errorf("page %d can't be drawn (%s): %w", n, firstLine(a.Errors), reform.ErrInvalid)
	}
	defer os.Remove(picture)
	gray, err := os.ReadFile(picture)
	if err != nil {
		return page, fmt.Errorf("page %d: %w", n, err)
	}
	w, h, pixels, err := parsePGM(gray)
	if err != nil {
		return page, fmt.Errorf("page %d: %w", n, err)
	}
	// The page is taken for A4, upright or not: only ratios matter below.
	scale := 842 / float64(max(w, h))
	page.Width, page.Height = float64(w)*scale, float64(h)*scale
	page.Rules = darkLines(w, h, pixels, scale)
	a, err = r.run(32<<20, "tesseract", picture, "stdout", "-l", "vie", "--dpi", strconv.Itoa(resolution), "--psm", pageMode, "tsv")
	if err != nil {
		return page, err
	}
	if a.Code != 0 {
		return page, fmt.Errorf("page %d can't be recognised (%s): %w", n, firstLine(a.Errors), reform.ErrInvalid)
	}
	page.Words = parseTSV(a.Out, scale)
	return page, nil
}

// pageMode is tesseract's idea of a page: one column of text of several sizes. It
// keeps the rows of tables together, drawn or not.
const pageMode = "4"

// parsePGM reads a grey picture as pdftoppm writes it.
func parsePGM(b []byte) (w, h int, pixels []byte, err error) {
	bad := fmt.Errorf("the picture of the page can't be read: %w", reform.ErrInvalid)
	var depth int
	r := bytes.NewReader(b)
	var kind string
	if n, err := fmt.Fscan(r, &kind, &w, &h, &depth); n != 4 || err != nil || kind != "P5" || depth != 255 || w <= 0 || h <= 0 || w > 20_000 || h > 20_000 {
		return 0, 0, nil, bad
	}
	rest := b[len(b)-r.Len():]
	if len(rest) < 1+w*h {
		return 0, 0, nil, bad
	}
	return w, h, rest[1 : 1+w*h], nil
}

// darkLines finds the drawn lines of a scanned table: runs of dark pixels that are
// longer than any letter is wide or high.
func darkLines(w, h int, pixels []byte, scale float64) []pages.Box {
	const dark = 140
	var list []pages.Box
	flat, tall := int(40/scale), int(16/scale)
	for y := 0; y < h && len(list) < maxDrawn; y++ {
		row := pixels[y*w : (y+1)*w]
		run := 0
		for x := 0; x <= w; x++ {
			if x < w && row[x] < dark {
				run++
				continue
			}
			if run >= flat {
				list = append(list, pages.Box{X0: float64(x-run) * scale, X1: float64(x) * scale, Y0: float64(y) * scale, Y1: float64(y) * scale})
			}
			run = 0
		}
	}
	for x := 0; x < w && len(list) < 2*maxDrawn; x++ {
		run := 0
		for y := 0; y <= h; y++ {
			if y < h && pixels[y*w+x] < dark {
				run++
				continue
			}
			if run >= tall {
				list = append(list, pages.Box{X0: float64(x) * scale, X1: float64(x) * scale, Y0: float64(y-run) * scale, Y1: float64(y) * scale})
			}
			run = 0
		}
	}
	if len(list) > maxDrawn {
		return nil // a photograph
	}
	return list
}

// parseTSV reads tesseract's words. What it drew from lines and stains is left out.
func parseTSV(b []byte, scale float64) []pages.Word {
	var list []pages.Word
	block, line, last, lastBlock := 0, 0, "", ""
	for row := range strings.Lines(string(b)) {
		f := strings.Split(strings.TrimRight(row, "\r\n"), "\t")
		// level page block par line word left top width height conf text
		if len(f) != 12 || f[0] != "5" || len(list) >= maxPageWords {
			continue
		}
		text := strings.Trim(strings.TrimSpace(f[11]), "|¦[]{}_‘’'`~")
		conf, err0 := strconv.ParseFloat(f[10], 64)
		x, err1 := strconv.ParseFloat(f[6], 64)
		y, err2 := strconv.ParseFloat(f[7], 64)
		w, err3 := strconv.ParseFloat(f[8], 64)
		h, err4 := strconv.ParseFloat(f[9], 64)
		if text == "" || errors.Join(err0, err1, err2, err3, err4) != nil || conf < 0 {
			continue
		}
		if key := f[2] + "." + f[3]; key != lastBlock {
			lastBlock = key
			block++
		}
		if key := f[2] + "." + f[3] + "." + f[4]; key != last {
			last = key
			line++
		}
		list = append(list, pages.Word{Text: text, Block: block, Line: line, Box: pages.Box{X0: x * scale, Y0: y * scale, X1: (x + w) * scale, Y1: (y + h) * scale}})
	}
	return list
}

// pageList writes pages as a person does: "1-3, 7".
func pageList(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		k := i
		for k+1 < len(list) && list[k+1] == list[k]+1 {
			k++
		}
		if k > i {
			parts = append(parts, fmt.Sprintf("%d-%d", list[i], list[k]))
		} else {
			parts = append(parts, strconv.Itoa(list[i]))
		}
		i = k + 1
	}
	return strings.Join(parts, ", ")
}
