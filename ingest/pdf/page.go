package pdf

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"chiso/ingest/parse"
	"chiso/ingest/pdf/tool"
	"chiso/reform"
)

// PageText is the text of one page as it is laid out, for a person who looks a number
// up. Where pdftotext is not installed, or the page has no text, it is reform.ErrNotFound.
func PageText(ctx context.Context, o Options, in parse.Input, number int) (string, error) {
	o = o.orDefault()
	ctx, cancel := context.WithTimeout(ctx, o.Time)
	defer cancel()
	lim := in.Limits.OrDefault()
	if in.Size > lim.Bytes {
		return "", parse.TooLarge("the file", in.Size, lim.Bytes, "bytes")
	}
	program, err := tool.Find(o.PDFToText, "pdftotext")
	if err != nil {
		return "", fmt.Errorf("%w: %w", err, reform.ErrNotFound)
	}
	dir, err := os.MkdirTemp(o.TempDir, "chiso-page-")
	if err != nil {
		return "", fmt.Errorf("a folder for the PDF tools: %w", err)
	}
	defer os.RemoveAll(dir)
	r := &reader{ctx: ctx, o: o, in: in, dir: dir, file: filepath.Join(dir, "in.pdf"), tools: map[string]string{"pdftotext": program}}
	if err := r.copy(); err != nil {
		return "", err
	}
	page := strconv.Itoa(number)
	a, err := r.run(1<<20, "pdftotext", "-layout", "-enc", "UTF-8", "-f", page, "-l", page, r.file, "-")
	switch {
	case err != nil:
		return "", err
	case a.Code != 0:
		return "", fmt.Errorf("the text of page %d can't be read (%s): %w", number, firstLine(a.Errors), reform.ErrNotFound)
	case len(a.Out) == 0:
		return "", fmt.Errorf("page %d has no text: %w", number, reform.ErrNotFound)
	}
	return string(a.Out), nil
}
