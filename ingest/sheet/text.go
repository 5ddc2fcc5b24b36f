package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"chiso/ingest/parse"
	"chiso/reform"
)

// Delimited is a table in text: how it is written, found once over the whole
// file, and fresh readers over it as often as a parser wants to pass.
type Delimited struct {
	in        parse.Input
	Comma     rune
	Encoding  string // "utf-8", "utf-16le", "utf-16be", "windows-1258"
	skipBytes int64  // BOM
	skipLines int    // Excel's "sep=;" line
	enc       encoding.Encoding
	plain     bool // ASCII or composed UTF-8: cells need no normalisation
}

// OpenDelimited finds the encoding and the delimiter of a table in text. It passes
// once over the whole file, because one wrong byte at the end is enough to show
// that the file is no UTF-8.
func OpenDelimited(in parse.Input) (*Delimited, error) {
	lim := in.Limits.OrDefault()
	if in.Size > lim.Stream {
		return nil, parse.TooLarge("the file", in.Size, lim.Stream, "bytes")
	}
	head, err := readHead(in)
	if err != nil {
		return nil, err
	}
	if f, err := Sniff(head); err != nil {
		return nil, err
	} else if f != "csv" {
		return nil, fmt.Errorf("the file is a workbook, not a table in text: %w", reform.ErrInvalid)
	}
	d := &Delimited{in: in, Encoding: "utf-8"}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		d.skipBytes = 3
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		d.skipBytes, d.Encoding, d.enc = 2, "utf-16le", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		d.skipBytes, d.Encoding, d.enc = 2, "utf-16be", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	default:
		if d.enc = detectUTF16(head); d.enc != nil {
			d.Encoding = "utf-16"
		}
	}
	if d.enc == nil {
		valid, composed, err := d.scanUTF8()
		if err != nil {
			return nil, err
		}
		d.plain = composed
		if !valid {
			if d.skipBytes > 0 {
				return nil, fmt.Errorf("the text says that it is UTF-8 and is not: save it again as CSV UTF-8: %w", reform.ErrInvalid)
			}
			d.Encoding, d.enc, d.plain = "windows-1258", charmap.Windows1258, false
		}
	}
	sample, err := io.ReadAll(io.LimitReader(d.decoded(), parse.HeadSize))
	if err != nil {
		return nil, fmt.Errorf("decoding the text as %s: %w", d.Encoding, errors.Join(err, reform.ErrInvalid))
	}
	if first, _, _ := bytes.Cut(sample, []byte("\n")); len(first) >= 5 && strings.EqualFold(string(first[:4]), "sep=") {
		d.skipLines, d.Comma = 1, rune(first[4])
		if !strings.ContainsRune(";,\t|", d.Comma) {
			return nil, fmt.Errorf("the first line %q names a delimiter that is not known: want ; , tab or |: %w", first, reform.ErrInvalid)
		}
	} else {
		d.Comma = findComma(sample)
	}
	return d, nil
}

// scanUTF8 reports whether the whole file is valid UTF-8, and whether it is surely composed (NFC).
func (d *Delimited) scanUTF8() (valid, composed bool, err error) {
	r := io.NewSectionReader(d.in.File, d.skipBytes, d.in.Size-d.skipBytes)
	buf := make([]byte, 1<<20)
	composed = true
	keep := 0
	for {
		n, err := io.ReadFull(r, buf[keep:])
		end := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !end {
			return false, false, fmt.Errorf("reading the text: %w", err)
		}
		chunk := buf[:keep+n]
		cut := len(chunk)
		if !end {
			// A character may be cut by the border of the buffer; it is checked with the next one.
			for back := 1; back < utf8.UTFMax && back <= len(chunk); back++ {
				if c := chunk[len(chunk)-back]; utf8.RuneStart(c) {
					if !utf8.FullRune(chunk[len(chunk)-back:]) {
						cut = len(chunk) - back
					}
					break
				}
			}
		}
		if bytes.IndexByte(chunk[:cut], 0) >= 0 {
			return false, false, notA("a binary file of an unknown kind")
		}
		if !utf8.Valid(chunk[:cut]) {
			return false, false, nil
		}
		if composed && !norm.NFC.IsNormal(chunk[:cut]) {
			composed = false
		}
		keep = copy(buf, chunk[cut:])
		if end {
			return true, composed, nil
		}
	}
}

// detectUTF16 tells UTF-16 by its BOM or by the zero bytes of its Latin letters; nil is another encoding.
func detectUTF16(head []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	n := min(len(head)&^1, 2048)
	if n < 8 {
		return nil
	}
	var even, odd int
	for i := 0; i < n; i += 2 {
		if head[i] == 0 {
			even++
		}
		if head[i+1] == 0 {
			odd++
		}
	}
	switch half := n / 2; {
	case odd > half/2 && even < half/20:
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case even > half/2 && odd < half/20:
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	}
	return nil
}

func (d *Delimited) decoded() io.Reader {
	r := io.Reader(io.NewSectionReader(d.in.File, d.skipBytes, d.in.Size-d.skipBytes))
	if d.enc != nil {
		r = transform.NewReader(r, d.enc.NewDecoder())
	}
	return r
}

// Composed reports whether all text is NFC already, so that cells can be used as they come.
func (d *Delimited) Composed() bool { return d.plain }

// SkippedLines is how many lines lie before the first that Reader gives.
func (d *Delimited) SkippedLines() int { return d.skipLines }

// Reader is a fresh reader over the whole text as UTF-8.
func (d *Delimited) Reader() io.Reader {
	br := bufio.NewReaderSize(d.decoded(), 256<<10)
	for range d.skipLines {
		if _, err := br.ReadSlice('\n'); err != nil {
			break
		}
	}
	return br
}

// CSV is a fresh record reader over the whole table. It is strict about quotes: a
// lenient one takes everything after a stray quote for one cell, and a thousand rows
// are gone without a word.
func (d *Delimited) CSV() *csv.Reader {
	r := csv.NewReader(d.Reader())
	r.Comma = d.Comma
	r.FieldsPerRecord = -1
	return r
}

// findComma chooses the delimiter: one that is in the first line, in the same
// number in most others, and then the most frequent. A decimal comma in the data of
// a semicolon file is not in its heading.
func findComma(sample []byte) rune {
	lines := splitLines(sample, 50)
	best, bestScore := ',', -1
	for _, c := range []byte{';', '\t', ',', '|'} {
		counts := make([]int, 0, len(lines))
		for _, l := range lines {
			counts = append(counts, countOutsideQuotes(l, c))
		}
		if len(counts) == 0 || counts[0] == 0 {
			// A title line may stand above the heading: then the most frequent count tells.
			if most := mode(counts); most == 0 {
				continue
			}
		}
		want, same := mode(counts), 0
		for _, n := range counts {
			if n == want {
				same++
			}
		}
		if score := same*1000/len(counts)*100 + min(want, 99); want > 0 && score > bestScore {
			best, bestScore = rune(c), score
		}
	}
	return best
}

func mode(counts []int) int {
	seen := map[int]int{}
	best, n := 0, 0
	for _, c := range counts {
		if seen[c]++; seen[c] > n || seen[c] == n && c > best {
			best, n = c, seen[c]
		}
	}
	return best
}

func splitLines(sample []byte, most int) [][]byte {
	var lines [][]byte
	inQuote, start := false, 0
	for i, c := range sample {
		if c == '"' {
			inQuote = !inQuote
		}
		if c == '\n' && !inQuote {
			if l := bytes.TrimSpace(sample[start:i]); len(l) > 0 {
				lines = append(lines, sample[start:i])
			}
			if start = i + 1; len(lines) == most {
				return lines
			}
		}
	}
	// The last line may be cut by the sample's end: it counts only where it is all there is.
	if len(lines) == 0 && len(sample) > 0 {
		lines = append(lines, sample)
	} else if start < len(sample) && len(sample) < parse.HeadSize {
		lines = append(lines, sample[start:])
	}
	return lines
}

func countOutsideQuotes(line []byte, c byte) int {
	n, inQuote := 0, false
	for _, b := range line {
		if b == '"' {
			inQuote = !inQuote
		} else if b == c && !inQuote {
			n++
		}
	}
	return n
}

// openText reads delimited text as a workbook of one sheet.
func openText(in parse.Input, b *budget) (*Workbook, error) {
	d, err := OpenDelimited(in)
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(path.Base(strings.ReplaceAll(in.Name, "\\", "/")), path.Ext(in.Name))
	s := &Sheet{Name: name}
	wb := &Workbook{Format: "csv", Sheets: []*Sheet{s}}
	if d.Encoding != "utf-8" {
		wb.Note = d.Encoding
	}
	r := d.CSV()
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return wb, nil
		}
		if err != nil {
			return nil, fmt.Errorf("the text is no table (%v): %w", err, reform.ErrInvalid)
		}
		// The line of a record is its row, so that addresses agree with what an editor shows.
		line, _ := r.FieldPos(0)
		for len(s.Rows) < line-1+d.skipLines {
			s.Rows = append(s.Rows, nil)
		}
		row, filled := make([]Cell, len(rec)), 0
		for j, f := range rec {
			text, err := b.text(f)
			if err != nil {
				return nil, err
			}
			if row[j] = textCell(text); row[j].Kind != Empty {
				filled++
			}
		}
		row = trim(row)
		if err := b.row(name, len(s.Rows), len(row), filled); err != nil {
			return nil, err
		}
		s.Rows = append(s.Rows, row)
		if b.preview > 0 && len(s.Rows) >= b.preview {
			return wb, nil
		}
	}
}
