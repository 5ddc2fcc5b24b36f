package service766

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"chiso/ingest/parse"
	"chiso/reform"
)

// OptBindings is the parser's option with the codes that a person has bound to
// units; see ParseBindings.
const OptBindings = "bindings"

// Kind is the kind of document that this package reads: a poll, or one saved answer of
// either portal. A saved answer does not say its period: the option "period" must, and "unit" where it
// is of the units below a province.
var Kind = parse.Kind{
	Name:   kindName,
	Title:  title,
	Detect: Detect,
	Parse:  Parse,
}

var title = reform.Text{VI: "Câu trả lời của Cổng Dịch vụ công quốc gia về chỉ số 766", EN: "Answers of the National Public Service Portal on the 766 index"}

// Detect is how sure it is that a document is a poll or an answer of one of the portals.
func Detect(p parse.Probe) parse.Certainty {
	head := bytes.TrimLeft(bytes.TrimPrefix(p.Head, []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(head) == 0 {
		return 0
	}
	has := func(words ...string) bool {
		for _, w := range words {
			if !bytes.Contains(head, []byte(`"`+w+`"`)) {
				return false
			}
		}
		return true
	}
	first, _, _ := bytes.Cut(head, []byte("\n"))
	switch {
	case head[0] == '{' && bytes.Contains(first, []byte(`"`+Format+`"`)):
		return 100
	case head[0] == '[' && has("MA_COQUAN", "TONG_SCORE"):
		return 95
	case head[0] == '{' && has("code", "data") && (has("evaluation") || has("children")) && (has("departmentCode") || has("departmentId")):
		return 90
	}
	return 0
}

// Parse reads a poll or a saved answer.
func Parse(ctx context.Context, in parse.Input, cat *reform.Catalog, sink reform.Sink) (parse.Result, error) {
	p := &parser{in: in, cat: cat, sink: sink, schemes: map[reform.Period]reform.Scheme{}}
	p.result = parse.Result{Kind: kindName, Title: title.VI, Index: index, Authority: reform.AuthoritySite, Mapping: parse.Mapping{Layout: "answers"}}
	ix, err := cat.Index(index)
	if err != nil {
		return p.result, err
	}
	p.result.Issuer = ix.Publisher.VI
	bound, err := ParseBindings(in.Option(OptBindings))
	if err != nil {
		return p.result, err
	}
	p.binder = binder{cat: cat, bound: bound}
	head := make([]byte, min(in.Size, 4<<10))
	if _, err := io.ReadFull(in.Reader(), head); err != nil {
		return p.result, err
	}
	first, _, _ := bytes.Cut(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n"), []byte("\n"))
	if bytes.Contains(first, []byte(`"`+Format+`"`)) {
		err = p.poll(ctx)
	} else {
		err = p.saved()
	}
	return p.result, err
}

type parser struct {
	in     parse.Input
	cat    *reform.Catalog
	sink   reform.Sink
	binder binder
	result parse.Result

	portal  Portal
	adapter adapter
	basis   *reform.Basis
	max     map[string]reform.Number // of the basis' components, and of the total
	schemes map[reform.Period]reform.Scheme
	same    map[[32]byte][]sameBody
	ask     *asked // being collected
}

func (p *parser) setPortal(portal Portal) error {
	a, err := adapterOf(portal)
	if err != nil {
		return err
	}
	b, err := p.cat.Basis(index, string(portal))
	if err != nil {
		return err
	}
	p.portal, p.adapter, p.basis = portal, a, b
	p.result.Basis = b.Code
	p.max = map[string]reform.Number{"": b.Max}
	for _, c := range b.Components {
		p.max[c.Code] = c.Max
	}
	return nil
}

func (p *parser) add(problem reform.Problem) { p.sink.Problem(problem) }

// sameBody is where a body stands that was seen before.
type sameBody struct {
	list   string
	period reform.Period
	at     time.Time
}

// poll reads a container, twice: whether two periods got one answer is known at its end only.
func (p *parser) poll(ctx context.Context) error {
	p.same = map[[32]byte][]sameBody{}
	asks := map[int]Ask{}
	var end *ending
	answers := 0
	h, err := eachLine(ctx, p.reader(), func(no int, l *line) error {
		switch {
		case l.Ask != nil:
			if len(asks) >= maxAsks {
				return parse.TooLarge("the poll", maxAsks+1, maxAsks, "batches")
			}
			asks[l.Ask.N] = *l.Ask
		case l.Answer != nil:
			if answers++; answers > maxAnswers {
				return parse.TooLarge("the poll", maxAnswers+1, maxAnswers, "answers")
			}
			a := l.Answer
			if ask, ok := asks[a.Ask]; ok && usable(a) {
				sum := sha256.Sum256(append([]byte(ask.Province+"\x00"), a.body()...))
				p.same[sum] = append(p.same[sum], sameBody{a.List, ask.Period, a.At})
			}
		case l.End != nil:
			end = l.End
		}
		return nil
	})
	if err != nil && !errors.Is(err, errLine) {
		return err
	}
	broken := err
	if err := p.setPortal(h.Portal); err != nil {
		return err
	}
	_, err = eachLine(ctx, p.reader(), func(no int, l *line) error {
		switch {
		case l.Ask != nil:
			if err := p.finish(); err != nil {
				return err
			}
			p.ask = &asked{Ask: *l.Ask, began: no}
		case l.Answer != nil:
			if p.ask == nil || p.ask.N != l.Answer.Ask {
				p.add(parse.Problem("answer-without-ask", "answer", lineOf(no), l.Answer.List,
					"Câu trả lời ở dòng %d không thuộc yêu cầu nào đứng trước nó.", "The answer of line %d belongs to no request that stands before it.", no))
				return nil
			}
			return p.ask.take(p.adapter, no, l.Answer)
		case l.End != nil:
			return p.finish()
		}
		return nil
	})
	if err != nil && !errors.Is(err, errLine) {
		return err
	}
	switch {
	case broken != nil || end == nil:
		// The batch that breaks off is not read: whether it was whole nobody can say.
		if p.ask != nil {
			p.ask.cut = true
		}
		if err := p.finish(); err != nil {
			return err
		}
		p.add(parse.Problem("container-cut", "document", "", "", "Tệp lần hỏi bị cắt: không có dòng kết thúc; phần sau cùng bị mất.",
			"The container of the poll is cut off: it has no closing line, so its last part is lost."))
	case end.Stopped != "":
		p.add(parse.Problem("poll-stopped", "document", "", end.Stopped, "Lần hỏi dừng giữa chừng: %s.", "The poll stopped early: %s.", end.Stopped))
	}
	return nil
}

func (p *parser) reader() io.Reader {
	br := bufio.NewReaderSize(p.in.Reader(), 64<<10)
	if b, err := br.Peek(3); err == nil && string(b) == "\xef\xbb\xbf" {
		_, _ = br.Discard(3) // an editor's mark; what was peeked can be discarded
	}
	return br
}

func lineOf(no int) string { return fmt.Sprintf("line %d", no) }

// usable reports whether an answer is one by its status. What is in it, decode says.
func usable(a *Answer) bool {
	return a.Status == http.StatusOK || a.Status == http.StatusCreated
}

// asked is a batch being collected: its lists with their pages.
type asked struct {
	Ask
	began int
	lists []*list
	cut   bool
	rows  int
}

// maxRowsPerAsk bounds what is in memory at once.
const maxRowsPerAsk = 80_000

// list is one list of units, page by page.
type list struct {
	name   string
	pages  []page
	failed map[int]failure // by page, until a later try succeeds
}

type page struct {
	no, size, line int
	at             time.Time
	body           [32]byte
	answer         *answer
	otherAsk       bool // the request that was kept asks for something else
}

type failure struct {
	line int
	text string
}

func (a *asked) list(name string) *list {
	for _, l := range a.lists {
		if l.name == name {
			return l
		}
	}
	l := &list{name: name, failed: map[int]failure{}}
	a.lists = append(a.lists, l)
	return l
}

func (a *asked) take(ad adapter, no int, ans *Answer) error {
	if !slices.Contains(ad.lists(), ans.List) {
		return fmt.Errorf("line %d: the portal has no list %q: %w", no, short(ans.List), reform.ErrInvalid)
	}
	l := a.list(ans.List)
	if !usable(ans) {
		text := ans.Error
		if text == "" {
			text = fmt.Sprintf("HTTP %d", ans.Status)
		}
		l.failed[ans.Page] = failure{no, text}
		return nil
	}
	body := ans.body()
	decoded, err := ad.decode(ans.List, a.Ask, body)
	if err != nil {
		text := err.Error()
		if ans.Error != "" {
			text = ans.Error
		}
		l.failed[ans.Page] = failure{no, text}
		return nil
	}
	if a.rows += len(decoded.rows); a.rows > maxRowsPerAsk {
		return parse.TooLarge("a batch", int64(a.rows), maxRowsPerAsk, "units")
	}
	delete(l.failed, ans.Page)
	l.pages = append(l.pages, page{
		no: ans.Page, size: ans.Size, line: no, at: ans.At, answer: decoded, body: sha256.Sum256(append([]byte(a.Province+"\x00"), body...)),
		otherAsk: no > 0 && !ad.asksFor(ans.List, a.Ask, ans.Page, ans.Request),
	})
	return nil
}

// saved reads one answer that somebody has kept.
func (p *parser) saved() error {
	body, err := p.in.Bytes()
	if err != nil {
		return err
	}
	portal, err := portalOfBody(body, p.in.Option(parse.OptBasis))
	if err != nil {
		return err
	}
	if err := p.setPortal(portal); err != nil {
		return err
	}
	if p.in.Option(parse.OptPeriod) == "" {
		p.add(parse.Problem("no-period", "period", "", "", "Câu trả lời của cổng không ghi kỳ đánh giá: hãy cho biết kỳ bằng tùy chọn period (ví dụ 2025-10).",
			"An answer of the portal does not say its period: give it with the option period (2025-10, say)."))
		return nil
	}
	period, err := reform.ParsePeriod(p.in.Option(parse.OptPeriod))
	if err != nil {
		return err
	}
	ask := Ask{Period: period}
	if u := p.in.Option(parse.OptUnit); u != "" {
		if ask.Province, err = p.binder.codeOf(u); err != nil {
			return err
		}
	}
	name := service2022
	if portal == Portal2026 {
		if name, err = listOfBody(body); err != nil {
			return err
		}
	}
	ask.Lists = []string{name}
	p.ask = &asked{Ask: ask}
	// The size of its page is not known: it is taken for the only one.
	if err := p.ask.take(p.adapter, 0, &Answer{List: name, Page: 1, Size: 1 << 30, Status: http.StatusOK, Body: string(body)}); err != nil {
		return err
	}
	return p.finish()
}

// portalOfBody tells the portals apart by the shape of their answers.
func portalOfBody(body []byte, basis string) (Portal, error) {
	b := bytes.TrimLeft(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")), " \t\r\n")
	found := Portal("")
	switch {
	case len(b) > 0 && b[0] == '[':
		found = Portal2022
	case len(b) > 0 && b[0] == '{':
		found = Portal2026
	default:
		return "", fmt.Errorf("this is no answer of the portal but %s: %w", describe(b), reform.ErrInvalid)
	}
	if basis != "" && basis != string(found) {
		return "", fmt.Errorf("the answer is of %s, not of %s: %w", found, basis, reform.ErrInvalid)
	}
	return found, nil
}

// listOfBody tells the endpoint of a saved answer of the new portal by its fields.
func listOfBody(body []byte) (string, error) {
	for _, l := range []struct{ list, field string }{
		{results, "groupScores"}, {progress, "totalOnTime"}, {online, "authorityCount"}, {payment, "totalDossierOnlinePaymentSuccess"},
		{transparency, "PUBLISH_ON_TIME"}, {digitized, "ORIGINAL_RESULT_AVAILABLE"}, {satisfaction, "DOSSIER_RECEIVING_SATISFACTION"},
	} {
		if bytes.Contains(body, []byte(`"`+l.field+`"`)) {
			return l.list, nil
		}
	}
	return "", fmt.Errorf("which of the seven endpoints this answer is of can't be told from its fields: %w", reform.ErrInvalid)
}

// codeOf is the portal's code of a province that is named by its key or its code.
func (b *binder) codeOf(text string) (string, error) {
	if root, rest, ok := splitCode(text); ok && rest == "" {
		return root, nil
	}
	key, err := reform.ParseUnitKey(strings.TrimSpace(text))
	if err != nil {
		return "", err
	}
	for code, keys := range b.bound {
		for _, k := range keys {
			if k == key {
				return code, nil
			}
		}
	}
	for _, p := range provinces() {
		if k, ok := b.bind(p.code, key.Scheme()); ok && k == key {
			return p.code, nil
		}
	}
	return "", fmt.Errorf("the portal's code of %s is not known: bind it, as in {H39: %s}: %w", key, key, reform.ErrNotFound)
}
