package service766

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"chiso/ingest/parse"
	"chiso/reform"
)

// Format is the name of the document that holds one poll: JSON lines, the first of
// which names the format, the last of which says that nothing is missing.
const Format = "chiso-s766-poll"

const formatVersion = 1

// Container is what one poll brought home, as one document.
type Container struct {
	Name    string // of the file: portal and time
	Bytes   []byte
	Portal  Portal
	Began   time.Time
	Ended   time.Time
	Batches int    // lists of units that were to be asked for
	Failed  int    // of them not answered
	Answers int    // all tries
	Stopped string // why the poll ended early; "" it did not
}

// Ask says what a batch of answers is about.
type Ask struct {
	N        int           `json:"n"`
	Period   reform.Period `json:"period"`
	Province string        `json:"province,omitempty"` // code whose departments and communes were asked for; "" all provinces
	ID       string        `json:"id,omitempty"`       // by which the portal knows that province
	Lists    []string      `json:"lists"`
}

// Answer is one try of one request, whatever came of it.
type Answer struct {
	Ask     int       `json:"ask"`
	List    string    `json:"list"` // service or endpoint
	Page    int       `json:"page"`
	Size    int       `json:"size"` // of a page, as asked
	Try     int       `json:"try"`
	At      time.Time `json:"at"` // when the answer had arrived
	Method  string    `json:"method"`
	URL     string    `json:"url"`
	Type    string    `json:"request_type"`
	Request string    `json:"request"`
	Status  int       `json:"status,omitempty"`
	Content string    `json:"content_type,omitempty"`
	Error   string    `json:"error,omitempty"` // why it can't be used
	Body    string    `json:"body,omitempty"`
	Base64  []byte    `json:"base64,omitempty"` // a body that is no UTF-8
}

func (a *Answer) setBody(b []byte) {
	if utf8.Valid(b) {
		a.Body = string(b)
	} else {
		a.Base64 = b
	}
}

func (a *Answer) body() []byte {
	if a.Base64 != nil {
		return a.Base64
	}
	return []byte(a.Body)
}

type header struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	Portal  Portal    `json:"portal"`
	Base    string    `json:"base_url"`
	Agent   string    `json:"user_agent"`
	Began   time.Time `json:"began"`
}

type ending struct {
	Asks    int       `json:"asks"`
	Answers int       `json:"answers"`
	At      time.Time `json:"at"`
	Stopped string    `json:"stopped,omitempty"`
}

// line is one line after the first: one of the three.
type line struct {
	Ask    *Ask    `json:"ask,omitempty"`
	Answer *Answer `json:"answer,omitempty"`
	End    *ending `json:"end,omitempty"`
}

// pack writes a container. The bytes follow from what is put in, so two polls that
// got the same at the same times are one document.
type pack struct {
	buf     bytes.Buffer
	enc     *json.Encoder
	asks    int
	answers int
}

func newPack(h header) (*pack, error) {
	p := &pack{}
	p.enc = json.NewEncoder(&p.buf)
	p.enc.SetEscapeHTML(false)
	h.Format, h.Version = Format, formatVersion
	return p, p.enc.Encode(h)
}

func (p *pack) ask(a Ask) error {
	p.asks++
	return p.enc.Encode(line{Ask: &a})
}

func (p *pack) answer(a Answer) error {
	p.answers++
	return p.enc.Encode(line{Answer: &a})
}

func (p *pack) end(at time.Time, stopped string) error {
	return p.enc.Encode(line{End: &ending{p.asks, p.answers, at, stopped}})
}

const (
	maxLine      = 96 << 20 // of a container: an answer of maxBody bytes, all of them escaped
	maxBody      = 32 << 20
	maxShortLine = 64 << 10
	maxAsks      = 20_000
	maxAnswers   = 200_000
)

// errLine marks a line that can't be read; what stands before it is good.
var errLine = errors.New("unreadable line")

// eachLine hands over the lines of a container in their order. Memory is bounded by
// the longest line.
func eachLine(ctx context.Context, r io.Reader, do func(no int, l *line) error) (header, error) {
	var h header
	br := bufio.NewReaderSize(r, 256<<10)
	var buf []byte
	for no := 1; ; no++ {
		if err := ctx.Err(); err != nil {
			return h, err
		}
		raw, err := readLine(br, buf[:0])
		buf = raw
		if err != nil && err != io.EOF {
			return h, err
		}
		last := err == io.EOF
		if len(bytes.TrimSpace(raw)) > 0 {
			if no == 1 {
				if err := json.Unmarshal(raw, &h); err != nil || h.Format != Format {
					return h, fmt.Errorf("line 1 does not say %q: %w", Format, reform.ErrInvalid)
				}
				if h.Version != formatVersion {
					return h, fmt.Errorf("the container is of version %d, this program reads %d: %w", h.Version, formatVersion, reform.ErrInvalid)
				}
				continue
			}
			// Only answers are long.
			if len(raw) > maxShortLine && !bytes.HasPrefix(raw, []byte(`{"answer":`)) {
				return h, fmt.Errorf("%w %d: it has %d bytes", errLine, no, len(raw))
			}
			var l line
			if err := json.Unmarshal(raw, &l); err != nil {
				return h, fmt.Errorf("%w %d: %w", errLine, no, err)
			}
			if err := do(no, &l); err != nil {
				return h, err
			}
		}
		if last {
			return h, nil
		}
	}
}

func readLine(br *bufio.Reader, buf []byte) ([]byte, error) {
	for {
		part, err := br.ReadSlice('\n')
		if len(buf)+len(part) > maxLine {
			return buf, parse.TooLarge("a line of the container", int64(len(buf)+len(part)), maxLine, "bytes")
		}
		buf = append(buf, part...)
		if err == bufio.ErrBufferFull {
			continue
		}
		return buf, err
	}
}

// fileName is the container's: sortable, and telling.
func fileName(portal Portal, began time.Time) string {
	return "s766-" + strings.TrimPrefix(string(portal), "s766-") + "-" + began.UTC().Format("20060102T150405Z") + ".poll.jsonl"
}
