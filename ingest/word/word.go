// Package word reads Word documents: their tables as tables, their paragraphs as
// prose, in the order of the document. What tracked changes deleted is not there.
package word

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"chiso/ingest/pages"
	"chiso/ingest/parse"
	"chiso/ingest/pdf/tool"
	"chiso/ingest/table"
	"chiso/reform"
)

const kindName = "word"

// Options say where LibreOffice is, for documents of before 2007, and what it may
// cost. Zero fields have defaults.
type Options struct {
	Soffice  string        // path; "": found by name on the system's PATH
	TempDir  string        // "": the system's
	Time     time.Duration // for one conversion
	Mappings *table.Mappings
}

// Kind is the kind of document that this package reads, with default options.
var Kind = KindWith(Options{})

// KindWith is Kind with options.
func KindWith(o Options) parse.Kind {
	if o.Time <= 0 {
		o.Time = 2 * time.Minute
	}
	return parse.Kind{
		Name:   kindName,
		Title:  reform.Text{VI: "Văn bản Word", EN: "Word document"},
		Detect: Detect,
		Parse: func(ctx context.Context, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
			return read(ctx, o, in, cat, sink)
		},
	}
}

const (
	zipMagic = "PK\x03\x04"
	oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
	rtfMagic = "{\\rtf"
)

// oleStream is the name of the stream that makes a compound file a Word document, in UTF-16.
var oleStream = []byte("W\x00o\x00r\x00d\x00D\x00o\x00c\x00u\x00m\x00e\x00n\x00t\x00")

// Detect is how sure it is that a document is Word's.
func Detect(p parse.Probe) parse.Certainty {
	name := strings.ToLower(p.Name)
	switch {
	case bytes.HasPrefix(p.Head, []byte(zipMagic)):
		if bytes.Contains(p.Head, []byte("word/document")) || bytes.Contains(p.Head, []byte("word/_rels/")) || bytes.Contains(p.Head, []byte("word/styles.xml")) {
			return 99
		}
		if strings.HasSuffix(name, ".docx") || strings.HasSuffix(name, ".docm") || strings.HasSuffix(name, ".dotx") {
			return 60
		}
	case bytes.HasPrefix(p.Head, []byte(oleMagic)):
		if bytes.Contains(p.Head, oleStream) {
			return 97
		}
		if strings.HasSuffix(name, ".doc") || strings.HasSuffix(name, ".dot") {
			return 60
		}
		// The directory of a compound file may lie behind what a probe sees.
		if _, err := p.Preview(); err != nil {
			return 5
		}
	case bytes.HasPrefix(p.Head, []byte(rtfMagic)):
		return 95
	}
	return 0
}

func read(ctx context.Context, o Options, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
	res := parse.Result{Kind: kindName, Mapping: parse.Mapping{Layout: "document"}}
	b, err := in.Bytes()
	if err != nil {
		return res, err
	}
	if !bytes.HasPrefix(b, []byte(zipMagic)) {
		if bytes.HasPrefix(b, []byte(oleMagic)) && !bytes.Contains(b, oleStream) {
			return res, fmt.Errorf("the file is no Word document: %w", reform.ErrInvalid)
		}
		if b, err = convert(ctx, o, b, sink); err != nil || b == nil {
			return res, err
		}
	}
	doc, err := openDocx(ctx, b, in.Limits.OrDefault())
	if err != nil {
		return res, err
	}
	if doc.deleted > 0 {
		sink.Problem(parse.Warning("tracked-changes", "document", "", "", "Văn bản còn theo dõi thay đổi: %d đoạn đã xóa không được đọc.", "The document has tracked changes: %d deleted pieces were not read.", doc.deleted))
	}
	if len(doc.tables) == 0 && strings.TrimSpace(doc.text) == "" {
		why := reform.Text{VI: "Văn bản Word không có chữ.", EN: "The Word document has no text."}
		if doc.pictures > 0 {
			why = reform.Text{
				VI: "Văn bản Word chỉ có ảnh, không có chữ: hãy lưu thành PDF rồi nạp để nhận dạng chữ vào hàng chờ duyệt.",
				EN: "The Word document has pictures only and no text: save it as PDF and load that, to have it recognised into the review queue.",
			}
		}
		sink.Problem(parse.Said("no-text", "document", "", "", why))
		return res, nil
	}
	parts := pages.Parts{Kind: kindName, Format: "docx", Title: doc.title, Tables: doc.parts(), Text: doc.text, Locate: doc.locate, Mappings: o.Mappings}
	return pages.Hand(ctx, parts, in, cat, sink)
}

// convert turns a document of before 2007, or RTF, into .docx with LibreOffice; nil where it can't, said to the sink.
func convert(ctx context.Context, o Options, b []byte, sink reform.Sink) ([]byte, error) {
	path, err := tool.Find(o.Soffice, "soffice")
	if err != nil {
		sink.Problem(parse.Problem("missing-tool", "document", "", "soffice",
			"Để đọc tệp .doc (Word trước 2007) cần LibreOffice, chưa được cài trên máy chủ (apt-get install libreoffice-writer-nogui). Hoặc mở tệp bằng Word và lưu thành .docx.",
			"Reading a .doc (Word before 2007) needs LibreOffice, which is not installed on the server (apt-get install libreoffice-writer-nogui). Or open the file in Word and save it as .docx."))
		return nil, nil
	}
	dir, err := os.MkdirTemp(o.TempDir, "chiso-word-")
	if err != nil {
		return nil, fmt.Errorf("a folder for LibreOffice: %w", err)
	}
	defer os.RemoveAll(dir)
	name := "in.doc"
	if bytes.HasPrefix(b, []byte(rtfMagic)) {
		name = "in.rtf"
	}
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, b, 0o600); err != nil {
		return nil, fmt.Errorf("a copy for LibreOffice: %w", err)
	}
	out := filepath.Join(dir, "out")
	// A profile of its own per call: two calls with one profile would wait for each other, or fail.
	a, err := tool.Run(ctx, tool.Limits{Time: o.Time, Output: 1 << 20}, dir, path, "--headless", "--norestore", "--nolockcheck", "--nodefault",
		"-env:UserInstallation=file://"+filepath.ToSlash(filepath.Join(dir, "profile")), "--convert-to", "docx", "--outdir", out, file)
	if err != nil {
		return nil, err
	}
	made, err := os.Open(filepath.Join(out, "in.docx"))
	if errors.Is(err, os.ErrNotExist) {
		sink.Problem(parse.Problem("unreadable", "document", "", parse.Shorten(a.Errors, 160),
			"LibreOffice không mở được tệp này: hãy lưu thành .docx.", "LibreOffice can't open this file: save it as .docx."))
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer made.Close()
	docx, err := io.ReadAll(io.LimitReader(made, parse.DefaultLimits.Bytes+1))
	if err == nil && int64(len(docx)) > parse.DefaultLimits.Bytes {
		err = parse.TooLarge("the converted document", int64(len(docx)), parse.DefaultLimits.Bytes, "bytes")
	}
	return docx, err
}

// openDocx finds the main part of the container and reads it.
func openDocx(ctx context.Context, b []byte, lim parse.Limits) (*document, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, fmt.Errorf("the Word document is damaged or cut off: download it again: %w: %w", err, reform.ErrInvalid)
	}
	var total int64
	for _, f := range z.File {
		total += int64(min(f.UncompressedSize64, 1<<50))
		if total > lim.Unzipped {
			return nil, parse.TooLarge("the Word document", total, lim.Unzipped, "bytes unpacked")
		}
	}
	for _, f := range z.File {
		if strings.TrimPrefix(f.Name, "/") == "EncryptedPackage" {
			return nil, fmt.Errorf("the Word document is locked by a password: save it without one: %w", reform.ErrInvalid)
		}
	}
	main := mainPart(z, lim)
	if main == nil {
		return nil, fmt.Errorf("the file is no Word document (it has no word/document.xml): %w", reform.ErrInvalid)
	}
	size := int64(min(main.UncompressedSize64, 1<<50))
	if size > lim.Part {
		return nil, parse.TooLarge("the text of the Word document", size, lim.Part, "bytes")
	}
	if packed := int64(min(main.CompressedSize64, 1<<50)); size > 1<<20 && size > lim.Ratio*max(packed, 1) {
		return nil, parse.TooLarge("the text of the Word document", size/max(packed, 1), lim.Ratio, "times its packed size")
	}
	r, err := main.Open()
	if err != nil {
		return nil, fmt.Errorf("the text of the Word document: %w: %w", err, reform.ErrInvalid)
	}
	defer r.Close()
	// The sizes of the directory may lie: what is read is bounded too.
	bounded := &io.LimitedReader{R: r, N: lim.Part + 1}
	doc, err := parseDocument(ctx, bounded, lim)
	if bounded.N <= 0 {
		return nil, parse.TooLarge("the text of the Word document", lim.Part+1, lim.Part, "bytes")
	}
	return doc, err
}
