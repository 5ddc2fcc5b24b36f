package pdf

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"unicode/utf8"

	"chiso/ingest/pages"
	"chiso/reform"
)

// maxPageWords bounds the words of one page.
const maxPageWords = 200_000

// parseBoxes reads the answer of pdftotext -bbox-layout: pages, blocks, lines and words.
func parseBoxes(r io.Reader, first int) ([]pages.Page, error) {
	dec := xml.NewDecoder(&legal{r: r})
	dec.Strict = false
	dec.Entity = xml.HTMLEntity
	var list []pages.Page
	block, line := 0, 0
	inDoc := false
	for {
		tok, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return list, fmt.Errorf("the answer of pdftotext: %w: %w", err, reform.ErrInvalid)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch el.Name.Local {
		case "doc":
			inDoc = true
		case "page":
			if !inDoc {
				continue
			}
			w, h := number(el, "width"), number(el, "height")
			list = append(list, pages.Page{Number: first + len(list), Width: w, Height: h})
			block, line = 0, 0
		case "block":
			block++
			line++
		case "line":
			line++
		case "word":
			if len(list) == 0 {
				continue
			}
			p := &list[len(list)-1]
			if len(p.Words) >= maxPageWords {
				return list, fmt.Errorf("page %d has more than %d words: %w", p.Number, maxPageWords, reform.ErrTooLarge)
			}
			text, err := content(dec)
			if err != nil {
				return list, err
			}
			w := pages.Word{Text: text, Block: block, Line: line}
			w.X0, w.Y0, w.X1, w.Y1 = number(el, "xMin"), number(el, "yMin"), number(el, "xMax"), number(el, "yMax")
			// Words off the page are not seen by a reader.
			if text == "" || w.X1 < w.X0 || w.Y1 < w.Y0 || w.X1 < 0 || w.Y1 < 0 || w.X0 > p.Width || w.Y0 > p.Height {
				continue
			}
			p.Words = append(p.Words, w)
		}
	}
}

// content is the text up to the end of an element.
func content(dec *xml.Decoder) (string, error) {
	var b []byte
	for {
		tok, err := dec.RawToken()
		if err != nil {
			return "", fmt.Errorf("the answer of pdftotext ends within a word: %w: %w", err, reform.ErrInvalid)
		}
		switch t := tok.(type) {
		case xml.CharData:
			if len(b)+len(t) <= 32<<10 {
				b = append(b, t...)
			}
		case xml.EndElement:
			return string(b), nil
		}
	}
}

// number is a finite number of an attribute, 0 where there is none.
func number(el xml.StartElement, name string) float64 {
	for _, a := range el.Attr {
		if a.Name.Local == name {
			f, err := strconv.ParseFloat(a.Value, 64)
			if err != nil || math.IsNaN(f) || math.Abs(f) > 1e6 {
				return 0
			}
			return f
		}
	}
	return 0
}

// legal reads text with the characters that XML forbids as U+FFFD: fonts give any code.
type legal struct {
	r   io.Reader
	in  []byte
	out []byte
	err error
	buf [16 << 10]byte
}

func (l *legal) Read(p []byte) (int, error) {
	for len(l.out) == 0 {
		if l.err != nil && len(l.in) == 0 {
			return 0, l.err
		}
		if l.err == nil {
			n, err := l.r.Read(l.buf[:])
			l.in = append(l.in, l.buf[:n]...)
			l.err = err
		}
		l.out = l.out[:0]
		for len(l.in) > 0 && (l.err != nil || utf8.FullRune(l.in)) {
			c, n := utf8.DecodeRune(l.in)
			switch {
			case c == utf8.RuneError && n == 1, c < ' ' && c != '\n' && c != '\t' && c != '\r', c == 0xFFFE, c == 0xFFFF:
				l.out = append(l.out, "\ufffd"...)
			default:
				l.out = append(l.out, l.in[:n]...)
			}
			l.in = l.in[n:]
		}
	}
	n := copy(p, l.out)
	l.out = l.out[n:]
	return n, nil
}
