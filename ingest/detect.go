package ingest

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"chiso/ingest/parse"
	"chiso/ingest/sheet"
	"chiso/reform"
)

// chooseKind finds the kind that reads the document. No kind, or two that are
// equally sure, is a problem that lists what was tried: a guess would load wrong numbers.
func (l *Loader) chooseKind(ctx context.Context, name string, in parse.Input) (parse.Kind, *reform.Problem) {
	kinds := l.kinds()
	if in.Size == 0 {
		why := sentence("Tệp trống, không có gì để đọc.", "The file is empty: there is nothing to read.")
		return parse.Kind{}, refusal("empty-file", "", why)
	}
	if name != "" {
		for _, k := range kinds {
			if k.Name == name {
				return k, nil
			}
		}
		why := sentence("Không có loại tài liệu %q. Các loại đã biết: %s.", "No kind of document is called %q; known are %s.", name, kindNames(kinds))
		return parse.Kind{}, refusal("unknown-kind", name, why)
	}
	probe, err := sheet.NewProbe(ctx, in)
	if err != nil {
		why := sentence("Không đọc được tệp: %s.", "The file can't be read: %s.", sentenceOf(err))
		return parse.Kind{}, refusal("unreadable", "", why)
	}
	best, tied := -1, false
	var sure parse.Certainty
	var tried []string
	for i, k := range kinds {
		c := detect(k, probe)
		tried = append(tried, fmt.Sprintf("%s %d%%", k.Name, c))
		switch {
		case c <= 0 || c < sure:
		case c == sure:
			tied = true
		default:
			best, sure, tied = i, c, false
		}
	}
	list := strings.Join(tried, ", ")
	switch {
	case tied:
		why := sentence("Nội dung tệp hợp với nhiều loại tài liệu (đã thử: %s). Hãy chỉ rõ loại bằng --kind.", "The content fits several kinds of document (tried: %s). Name one with --kind.", list)
		return parse.Kind{}, refusal("ambiguous-kind", "", why)
	case best < 0:
		what := http.DetectContentType(probe.Head)
		if _, err := probe.Preview(); err != nil {
			why := reform.Text{
				VI: fmt.Sprintf("Tệp này không đọc được như bảng tính hay bảng văn bản (nội dung: %s; đã thử: %s).", what, list),
				EN: fmt.Sprintf("The document can't be read: %s (content: %s; tried: %s).", sentenceOf(err), what, list),
			}
			return parse.Kind{}, refusal("unknown-kind", what, why)
		}
		why := sentence("Không nhận ra loại tài liệu từ nội dung (đã thử: %s). Hãy chỉ rõ loại bằng --kind, hoặc dùng bảng mẫu.",
			"The kind of document can't be told from its content (tried: %s). Name one with --kind, or use the template.", list)
		return parse.Kind{}, refusal("unknown-kind", what, why)
	}
	return kinds[best], nil
}

// detect asks a kind; one that panics on a hostile file is not sure of it.
func detect(k parse.Kind, p parse.Probe) (c parse.Certainty) {
	defer func() {
		if recover() != nil {
			c = 0
		}
	}()
	return k.Detect(p)
}

func kindNames(kinds []parse.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name
	}
	return strings.Join(names, ", ")
}

// refusal is a problem of a whole document.
func refusal(code, found string, why reform.Text) *reform.Problem {
	return &reform.Problem{Code: code, Field: "document", Text: found, Reason: why.EN, ReasonVI: why.VI}
}
