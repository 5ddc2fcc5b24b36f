package render

import (
	"bytes"
	"encoding/binary"
	"encoding/xml"
	"hash/crc32"
	"math"

	"golang.org/x/text/unicode/norm"
)

// Description is what a file says of itself to a program that asks.
type Description struct {
	Lang, Title, Text string
	Sources, Notes    string
	Link              string
	Date              string // of the data, ISO; "" unknown
}

func (d *Description) fields() []struct{ key, dc, value string } {
	return []struct{ key, dc, value string }{
		{"Title", "title", d.Title}, {"Description", "description", d.Text}, {"Source", "source", d.Sources},
		{"Comment", "coverage", d.Notes}, {"URL", "identifier", d.Link}, {"Date", "date", d.Date}, {"Software", "creator", "chiso"},
	}
}

func xmlText(b *bytes.Buffer, s string) { _ = xml.EscapeText(b, []byte(norm.NFC.String(s))) } // A bytes.Buffer takes all.

// DescribeSVG writes the description into a picture: the title and the words that
// programs read aloud, and the rest as Dublin Core.
func DescribeSVG(svg []byte, d Description) ([]byte, error) {
	i := bytes.Index(svg, []byte("<svg"))
	if i < 0 {
		return nil, invalid("describe the picture: it is no SVG")
	}
	j := bytes.IndexByte(svg[i:], '>')
	if j < 0 {
		return nil, invalid("describe the picture: its first element does not end")
	}
	at := i + j + 1
	var b bytes.Buffer
	b.Grow(len(svg) + 2048)
	b.Write(svg[:at-1])
	if d.Lang != "" {
		b.WriteString(` xml:lang="` + d.Lang + `"`)
	}
	b.WriteString(">\n<title>")
	xmlText(&b, d.Title)
	b.WriteString("</title>\n<desc>")
	xmlText(&b, d.Text)
	b.WriteString("</desc>\n" + `<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description rdf:about="">`)
	for _, f := range d.fields() {
		if f.value == "" {
			continue
		}
		b.WriteString("<dc:" + f.dc + ">")
		xmlText(&b, f.value)
		b.WriteString("</dc:" + f.dc + ">")
	}
	b.WriteString("</rdf:Description></rdf:RDF></metadata>")
	b.Write(svg[at:])
	return b.Bytes(), nil
}

var pngHead = []byte("\x89PNG\r\n\x1a\n")

// DescribePNG writes the description into text chunks, and the scale as the number of
// dots an inch, by which an office program gives the picture its size.
func DescribePNG(png []byte, d Description, scale float64) ([]byte, error) {
	// The head is followed by IHDR: length, name, 13 bytes and their sum.
	const head = 8 + 4 + 4 + 13 + 4
	if len(png) < head || !bytes.HasPrefix(png, pngHead) || string(png[12:16]) != "IHDR" {
		return nil, invalid("describe the picture: it is no PNG")
	}
	var b bytes.Buffer
	b.Grow(len(png) + 4096)
	b.Write(png[:head])
	dots := uint32(math.Round(96 * scale / 0.0254))
	phys := binary.BigEndian.AppendUint32(nil, dots)
	phys = binary.BigEndian.AppendUint32(phys, dots)
	chunk(&b, "pHYs", append(phys, 1))
	for _, f := range d.fields() {
		if f.value != "" {
			// Keyword, not compressed, language, no translated keyword, UTF-8.
			chunk(&b, "iTXt", []byte(f.key+"\x00\x00\x00"+d.Lang+"\x00\x00"+norm.NFC.String(f.value)))
		}
	}
	b.Write(png[head:])
	return b.Bytes(), nil
}

func chunk(b *bytes.Buffer, name string, data []byte) {
	body := append([]byte(name), data...)
	b.Write(binary.BigEndian.AppendUint32(nil, uint32(len(data))))
	b.Write(body)
	b.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(body)))
}
