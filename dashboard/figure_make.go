package dashboard

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"

	"chiso/charts"
	"chiso/charts/paper"
	"chiso/charts/render"
	"chiso/charts/workbook"
	"chiso/reform"
)

// style reads the parameters of how a picture looks. They are bounded, since a
// picture costs time and memory by its size.
func (p *params) style() (charts.Style, float64) {
	st := charts.Style{
		Lang: p.oneOf("lang", "vi", "en"), Theme: charts.Theme(p.oneOf("theme", string(charts.Light), string(charts.Dark), string(charts.Mono))),
		Width: p.number("w", 320, 4000), Height: p.number("h", 200, 4000), NoTitle: p.oneOf("title", "1", "0") == "0",
	}
	if n := p.number("font", 8, 40); n > 0 {
		st.FontSize = float64(n)
	}
	scale := 2.0
	if t := p.text("scale"); t != "" {
		f, err := strconv.ParseFloat(t, 64)
		if err != nil || !(f >= 0.5 && f <= render.MaxScale) {
			p.fail(invalid("scale", "want 0.5 to %d", render.MaxScale))
		} else {
			scale = f
		}
	}
	return st, scale
}

// caption is what is written below the picture.
func (r *figureRequest) caption() *render.Caption {
	ink, _, line := charts.Ink(r.style.Theme)
	size := 11.0
	if r.style.FontSize > 0 {
		size = max(8, r.style.FontSize*0.85)
	}
	return &render.Caption{Lines: r.from.Footer(), FontSize: size, Text: ink, Line: line, Transparent: r.transparent}
}

// description is what a file says of itself.
func (r *figureRequest) description() render.Description {
	d := render.Description{Lang: r.from.Lang, Title: r.from.Title, Text: r.from.Alt, Notes: strings.Join(r.from.Notes, "\n"), Link: r.from.Link}
	if r.from.Subtitle != "" {
		d.Text = r.from.Subtitle + ". " + d.Text
	}
	var sources []string
	for _, s := range r.from.Sources {
		sources = append(sources, s.Label+" <"+s.Link+">")
	}
	d.Sources = strings.Join(sources, "\n")
	if at := r.from.Date(); !at.IsZero() {
		d.Date = at.Format(time.DateOnly)
	}
	return d
}

// captioned is the picture with what it carries written below it.
func (s *Server) captioned(ctx context.Context, r *figureRequest) ([]byte, error) {
	svg, err := s.svg(ctx, r.picture, r.style.Lang)
	if err != nil {
		return nil, err
	}
	out, err := r.caption().Write(svg)
	if err != nil {
		return nil, fmt.Errorf("write below %s: %w", r.picture.Name, err)
	}
	return out, nil
}

func (s *Server) figureSVG(ctx context.Context, r *figureRequest) ([]byte, error) {
	svg, err := s.captioned(ctx, r)
	if err != nil {
		return nil, err
	}
	if r.outline {
		if svg, err = s.outlined(ctx, svg); err != nil {
			return nil, fmt.Errorf("outline %s: %w", r.picture.Name, err)
		}
	}
	return render.DescribeSVG(svg, r.description())
}

func (s *Server) figurePNG(ctx context.Context, r *figureRequest) ([]byte, error) {
	svg, err := s.captioned(ctx, r)
	if err != nil {
		return nil, err
	}
	png, err := s.pixels(ctx, svg, r.scale)
	if err != nil {
		return nil, fmt.Errorf("draw %s: %w", r.picture.Name, err)
	}
	return render.DescribePNG(png, r.description(), r.scale)
}

// pixels draws an SVG, or finds it drawn. Where too many wait already, the reader is asked to come again.
func (s *Server) pixels(ctx context.Context, svg []byte, scale float64) ([]byte, error) {
	return s.slow(ctx, fmt.Sprintf("png\x00%g", scale), svg, func() ([]byte, error) { return s.opt.Renderer.PNG(ctx, svg, scale) })
}

func (s *Server) outlined(ctx context.Context, svg []byte) ([]byte, error) {
	return s.slow(ctx, "outline", svg, func() ([]byte, error) { return s.opt.Renderer.Outline(ctx, svg) })
}

// slow does what keeps a core busy for long, unless it was done for the same picture before.
func (s *Server) slow(_ context.Context, what string, svg []byte, do func() ([]byte, error)) ([]byte, error) {
	h := sha256.New()
	h.Write([]byte(what + "\x00")) //nolint:errcheck // a hash takes all
	h.Write(svg)                   //nolint:errcheck // as above
	key := [32]byte(h.Sum(nil))
	if d, ok := s.drawings.find(key); ok {
		return d.body, nil
	}
	select {
	case s.drawings.pngs <- struct{}{}:
		defer func() { <-s.drawings.pngs }()
	default:
		return nil, fmt.Errorf("too many pictures are being drawn: %w", reform.ErrUnavailable)
	}
	b, err := do()
	if err != nil {
		return nil, err
	}
	s.drawings.keep(&drawing{key: key, body: b})
	return b, nil
}

func (s *Server) figurePDF(ctx context.Context, r *figureRequest) ([]byte, error) {
	svg, err := s.svg(ctx, r.picture, r.style.Lang)
	if err != nil {
		return nil, err
	}
	return paper.Write(r.from.Title, []paper.Page{{SVG: svg, From: r.from}}, paper.Options{
		Theme: r.style.Theme, OwnSize: r.ownSize,
		Pixels: func() ([]byte, error) { return s.pixels(ctx, svg, 2) },
	})
}

func (s *Server) figureXLSX(_ context.Context, r *figureRequest) ([]byte, error) {
	return workbook.Write(r.from.Title, []workbook.Sheet{{Picture: r.picture, From: r.from}})
}

// spreadsheetWishes are how a CSV is to be read.
type spreadsheetWishes struct {
	bom     bool // a mark in front, by which Excel knows UTF-8
	sep     rune
	decimal string
}

// spreadsheet reads them. With excel=1 the file opens with a double click where Excel
// speaks the language: a mark in front, and in Vietnamese ";" between cells and a decimal comma.
func (p *params) spreadsheet(lang string) spreadsheetWishes {
	w := spreadsheetWishes{bom: p.oneOf("bom", "0", "1") == "1", sep: ',', decimal: "."}
	if p.oneOf("excel", "0", "1") == "1" {
		w.bom = true
		if lang == "vi" {
			w.sep, w.decimal = ';', ","
		}
	}
	switch p.oneOf("sep", "", "comma", ",", "semicolon", ";", "tab") {
	case "comma", ",":
		w.sep = ','
	case "semicolon", ";":
		w.sep = ';'
	case "tab":
		w.sep = '\t'
	}
	switch p.oneOf("decimal", "", "point", "comma") {
	case "point":
		w.decimal = "."
	case "comma":
		w.decimal = ","
	}
	if w.decimal == "," && w.sep == ',' {
		p.fail(invalid("decimal", "a decimal comma needs sep=semicolon or sep=tab"))
	}
	return w
}

// figureCSV is the numbers of a picture, exact ones where there are such. A
// missing number is an empty cell.
func (s *Server) figureCSV(_ context.Context, r *figureRequest) ([]byte, error) {
	t, w := r.picture.Table, r.sheet
	var b bytes.Buffer
	if w.bom {
		b.WriteString("\ufeff")
	}
	out := csv.NewWriter(&b)
	out.UseCRLF, out.Comma = true, w.sep
	head := make([]string, len(t.Columns))
	for i, col := range t.Columns {
		head[i] = noFormula(col.Key)
	}
	if err := out.Write(head); err != nil {
		return nil, err
	}
	for _, row := range t.Rows {
		cells := make([]string, len(row))
		for j, cell := range row {
			numeric := j < len(t.Columns) && t.Columns[j].Numeric
			v := cell.Value
			if v == "" && !numeric {
				v = cell.Text
			}
			v = noFormula(v)
			if _, err := strconv.ParseFloat(v, 64); err == nil && numeric && w.decimal != "." {
				v = strings.Replace(v, ".", w.decimal, 1)
			}
			cells[j] = v
		}
		if err := out.Write(cells); err != nil {
			return nil, err
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return nil, fmt.Errorf("write CSV: %w", err)
	}
	return b.Bytes(), nil
}
