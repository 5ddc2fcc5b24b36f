package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"

	"chiso/config"
	"chiso/dashboard"
	"chiso/ingest"
	"chiso/ingest/schedule"
	"chiso/reform"
)

// outgoing is a report on its way out, with what it says in words.
type outgoing struct {
	Name    string // of the file
	Title   string
	Lang    string
	Rev     uint64
	Summary []string
	Left    []string
	Body    []byte
	Type    string
}

// exporter writes the configured reports and sends them. It is the schedule's job for sources of
// the kind "export": that one says when, keeps two from running at once and notes what became of it.
type exporter struct {
	exports map[string]config.Export
	smtp    config.SMTP
	secret  func(path, what string) (string, error)
	report  func(ctx context.Context, e config.Export) (*outgoing, error)
	log     *slog.Logger
	now     func() time.Time
	// Attempts and waits between them; tests make them short.
	waits  []time.Duration
	single time.Duration // how long one attempt to send may take
}

// Pending is always so: what is due by the clock is sent.
func (x *exporter) Pending(context.Context, schedule.Source) (bool, error) { return true, nil }

// Take writes the report and sends it to every target. A target that fails does not keep the others from it.
func (x *exporter) Take(ctx context.Context, s schedule.Source) ([]ingest.Report, error) {
	e, ok := x.exports[s.Name]
	if !ok {
		return nil, fmt.Errorf("no export is named %q: %w", s.Name, reform.ErrNotFound)
	}
	out, err := x.report(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("write the report: %w", err)
	}
	var done []string
	var errs []error
	try := func(to string, send func() (string, error)) {
		said, err := send()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", to, err))
			x.log.WarnContext(ctx, "a report could not be sent", "export", e.Name, "to", to, "error", err)
			return
		}
		done = append(done, said)
		x.log.InfoContext(ctx, "report sent", "export", e.Name, "to", said, "size", len(out.Body))
	}
	if e.Folder != "" {
		try("folder", func() (string, error) {
			name, err := keepFile(e.Folder, out, x.now())
			return filepath.Base(name), err
		})
	}
	if e.Webhook != "" {
		try("webhook", func() (string, error) {
			return "webhook", x.again(ctx, func(ctx context.Context) error { return x.post(ctx, e, out) })
		})
	}
	if len(e.Mail) > 0 {
		try("mail", func() (string, error) {
			return fmt.Sprintf("mail (%d)", len(e.Mail)), x.again(ctx, func(ctx context.Context) error { return x.mail(ctx, e, out) })
		})
	}
	if len(errs) > 0 && len(done) > 0 {
		errs = append(errs, fmt.Errorf("sent to %s", strings.Join(done, "; ")))
	}
	size := humanize.Bytes(uint64(len(out.Body)))
	return []ingest.Report{{Name: out.Name, Kind: schedule.KindExport, State: ingest.Loaded, Message: reform.Text{
		VI: fmt.Sprintf("Đã gửi %s (%s): %s.", out.Name, size, strings.Join(done, "; ")), EN: fmt.Sprintf("Sent %s (%s): %s.", out.Name, size, strings.Join(done, "; ")),
	}}}, errors.Join(errs...)
}

// errLasting marks what another attempt would not mend.
var errLasting = errors.New("not tried again")

// again tries to send, a bounded number of times.
func (x *exporter) again(ctx context.Context, send func(context.Context) error) error {
	var err error
	for i := 0; ; i++ {
		one, cancel := context.WithTimeout(ctx, x.single)
		err = send(one)
		cancel()
		if err == nil || errors.Is(err, errLasting) || i == len(x.waits) || ctx.Err() != nil {
			break
		}
		t := time.NewTimer(x.waits[i])
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
	return err
}

// keepFile writes the report into a folder under a name with the day. A file that is there already is
// never overwritten: the same bytes stay what they are, others get a number.
func keepFile(folder string, out *outgoing, now time.Time) (string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // a report is made to be given away
		return "", err
	}
	tmp, err := os.CreateTemp(folder, ".chiso-*.part")
	if err != nil {
		return "", err
	}
	defer os.Remove(tmp.Name()) //nolint:errcheck // gone once it has its name
	_, err = tmp.Write(out.Body)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Sync(), tmp.Close()); err != nil {
		return "", err
	}
	ext := filepath.Ext(out.Name)
	base := strings.TrimSuffix(out.Name, ext) + "-" + now.In(schedule.Location()).Format(time.DateOnly)
	for n := 1; n <= 1000; n++ {
		name := filepath.Join(folder, base+ext)
		if n > 1 {
			name = filepath.Join(folder, base+"-"+strconv.Itoa(n)+ext)
		}
		// A link fails where the name is taken, and a whole file appears at once.
		err := os.Link(tmp.Name(), name)
		if errors.Is(err, fs.ErrExist) {
			if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, out.Body) {
				return name, nil
			}
			continue
		}
		if err != nil { // a file system without links
			if _, missing := os.Lstat(name); !errors.Is(missing, fs.ErrNotExist) {
				continue
			}
			err = os.Rename(tmp.Name(), name)
		}
		return name, err
	}
	return "", fmt.Errorf("%s: a thousand files of one day: %w", filepath.Join(folder, base+ext), reform.ErrConflict)
}

// webhookSummary is what a webhook is told beside the file.
type webhookSummary struct {
	Export  string   `json:"export"`
	Title   string   `json:"title"`
	Lang    string   `json:"lang"`
	Rev     uint64   `json:"rev"`
	File    string   `json:"file"`
	Size    int      `json:"size"`
	SHA256  string   `json:"sha256"`
	Summary []string `json:"summary"`
	LeftOut []string `json:"left_out"`
}

// post sends the file to the configured address and to no other: a redirect is a failure.
func (x *exporter) post(ctx context.Context, e config.Export, out *outgoing) error {
	token, err := x.secret(e.WebhookTokenFile, "webhook_token_file")
	if err != nil {
		return fmt.Errorf("%w: %w", err, errLasting)
	}
	sum := sha256.Sum256(out.Body)
	s := webhookSummary{Export: e.Name, Title: out.Title, Lang: out.Lang, Rev: out.Rev, File: out.Name, Size: len(out.Body), SHA256: hex.EncodeToString(sum[:]), Summary: out.Summary, LeftOut: out.Left}
	if s.Summary == nil {
		s.Summary = []string{}
	}
	if s.LeftOut == nil {
		s.LeftOut = []string{}
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part := func(name, file, kind string, content []byte) error {
		h := textproto.MIMEHeader{"Content-Type": {kind}, "Content-Disposition": {`form-data; name="` + name + `"`}}
		if file != "" {
			h.Set("Content-Disposition", h.Get("Content-Disposition")+`; filename="`+file+`"`)
		}
		p, err := w.CreatePart(h)
		if err == nil {
			_, err = p.Write(content)
		}
		return err
	}
	words, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := errors.Join(part("summary", "", "application/json", words), part("file", out.Name, out.Type, out.Body), w.Close()); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.Webhook, &body)
	if err != nil {
		return errors.New("webhook: the address can't be used")
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Idempotency-Key", e.Name+"-"+s.SHA256[:32])
	req.Header.Set("User-Agent", "chiso/"+version)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		var u interface{ Unwrap() error } // an url.Error would print the address, which may hold a key
		if errors.As(err, &u) && u.Unwrap() != nil {
			err = u.Unwrap()
		}
		return fmt.Errorf("no answer: %w", err)
	}
	defer res.Body.Close()                                //nolint:errcheck // read only
	io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) //nolint:errcheck // what it says is not kept
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return nil
	case res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusRequestTimeout:
		return fmt.Errorf("it answered %d", res.StatusCode)
	}
	return fmt.Errorf("it answered %d: %w", res.StatusCode, errLasting)
}

// mail hands the report to the mail server: subject and words are the summary, the file is attached.
func (x *exporter) mail(ctx context.Context, e config.Export, out *outgoing) error {
	password, err := x.secret(x.smtp.PasswordFile, "smtp.password_file")
	if err != nil {
		return fmt.Errorf("%w: %w", err, errLasting)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	err = errors.Join(m.From(x.smtp.From), m.To(e.Mail...), m.AttachReader(out.Name, bytes.NewReader(out.Body), gomail.WithFileContentType(gomail.ContentType(out.Type))))
	if err != nil {
		return fmt.Errorf("%w: %w", err, errLasting)
	}
	m.Subject(strings.Join(strings.Fields(out.Title), " "))
	if _, domain, ok := strings.Cut(x.smtp.From, "@"); ok { // else it would be the name of this machine
		m.SetMessageIDWithValue(uuid.NewString() + "@" + strings.Trim(domain, "> "))
	}
	m.SetBodyString(gomail.TypeTextPlain, mailWords(out))
	port := x.smtp.Port
	options := []gomail.Option{gomail.WithTimeout(x.single)}
	switch x.smtp.TLS {
	case "tls":
		options = append(options, gomail.WithSSL())
		if port == 0 {
			port = 465
		}
	case "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if port == 0 {
		port = 587
	}
	options = append(options, gomail.WithPort(port))
	if x.smtp.User != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if x.smtp.TLS == "none" {
			auth = gomail.SMTPAuthPlainNoEnc // a server of this machine
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(x.smtp.User), gomail.WithPassword(password))
	}
	c, err := gomail.NewClient(x.smtp.Host, options...)
	if err != nil {
		return fmt.Errorf("%w: %w", err, errLasting)
	}
	err = c.DialAndSendWithContext(ctx, m)
	var refused *gomail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
		return fmt.Errorf("%w: %w", err, errLasting)
	}
	return err
}

// mailWords is what the numbers say, for who reads no attachment.
func mailWords(out *outgoing) string {
	var b strings.Builder
	b.WriteString(out.Title + "\n\n")
	for _, s := range out.Summary {
		b.WriteString("- " + s + "\n")
	}
	if len(out.Left) > 0 {
		b.WriteString("\n" + in(out.Lang, "Chưa có số liệu: ", "For want of data not in it: ") + strings.Join(out.Left, "; ") + ".\n")
	}
	fmt.Fprintf(&b, "\n%s %s\nchiso %s, rev %d\n", in(out.Lang, "Tệp kèm theo:", "Attached:"), out.Name, version, out.Rev)
	return b.String()
}

// newExporter puts the configured exports together; every report is read at once, so that a mistake
// is told at the start.
func (a *app) newExporter() (*exporter, []schedule.Source, error) {
	x := &exporter{exports: map[string]config.Export{}, smtp: a.cfg.SMTP, secret: secret, report: a.scheduledReport, log: a.log, now: time.Now,
		waits: []time.Duration{5 * time.Second, 30 * time.Second}, single: 2 * time.Minute}
	var sources []schedule.Source
	var errs []error
	for _, e := range a.cfg.Exports {
		where := "line " + strconv.Itoa(e.Line)
		f, err := readDeck(e.Report)
		if err == nil {
			w := deckWishesOf(e)
			_, err = w.options(&f, a.cfg.HomeUnit)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("export %q (%s): %w", e.Name, where, err))
			continue
		}
		x.exports[e.Name] = e
		sources = append(sources, schedule.Source{
			Name: e.Name, Kind: schedule.KindExport, Schedule: e.Schedule, Where: targets(e), Enabled: e.Enabled,
			Timeout: time.Duration(e.Timeout), CatchUp: e.CatchUp, Place: where,
		})
	}
	return x, sources, errors.Join(errs...)
}

// targets says where an export goes, without the addresses: readers of the pages see it.
func targets(e config.Export) string {
	var to []string
	for _, t := range []struct {
		is   bool
		name string
	}{{e.Folder != "", "folder"}, {e.Webhook != "", "webhook"}, {len(e.Mail) > 0, "mail"}} {
		if t.is {
			to = append(to, t.name)
		}
	}
	return strings.Join(to, ", ")
}

func deckWishesOf(e config.Export) deckWishes {
	w := deckWishes{index: e.Index, period: e.Period, lang: e.Lang, theme: e.Theme, ratio: e.Ratio}
	for u := range strings.SplitSeq(e.Unit, ",") {
		if u = strings.TrimSpace(u); u != "" {
			w.units = append(w.units, u)
		}
	}
	return w
}

// scheduledReport writes the report of an export, by the pages that are served, or by pages of its own.
func (a *app) scheduledReport(ctx context.Context, e config.Export) (*outgoing, error) {
	f, err := readDeck(e.Report)
	if err != nil {
		return nil, err
	}
	w := deckWishesOf(e)
	o, err := w.options(&f, a.cfg.HomeUnit)
	if err != nil {
		return nil, err
	}
	var out *outgoing
	write := func(srv *dashboard.Server) error {
		r, err := srv.Report(ctx, f, o)
		if err != nil {
			return err
		}
		body, err := r.File(ctx, e.Format)
		if err != nil {
			return err
		}
		out = &outgoing{Name: r.Name + "." + e.Format, Title: r.Title, Lang: r.Lang, Rev: r.Rev, Summary: r.Summary, Left: r.Left, Body: body, Type: dashboard.ReportType(e.Format)}
		return nil
	}
	if srv := a.served.Load(); srv != nil {
		err := write(srv)
		return out, err
	}
	err = a.withPages(ctx, write)
	return out, err
}
