package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"chiso/ingest/archive"
	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/reform/viet"
)

// Load loads one document: all of it, or with SetAside its good rows, or nothing.
// What is wrong with the document is in the report; the error is of what
// kept it from being read at all: no file, no answer, no database, an ended ctx.
//
// What was acknowledged by a report is stored for good. A process that dies in
// between leaves rows that nobody sees, which the next load removes before it begins.
func (l *Loader) Load(ctx context.Context, job Job) (Report, error) {
	began := time.Now()
	r := Report{Name: job.name()}
	if err := job.validate(l.now()); err != nil {
		return r, err
	}
	doc, err := l.take(ctx, job)
	if err != nil {
		return r, err
	}
	defer doc.Close()
	ld := &load{Loader: l, job: job, doc: doc, report: &r, retrieved: l.now()}
	if job.DryRun {
		err = ld.dry(ctx)
	} else {
		err = ld.real(ctx)
	}
	r.Duration = time.Since(began)
	if err == nil {
		l.progress(Progress{Name: r.Name, Step: StepDone, Bytes: doc.Size, Size: doc.Size, Rows: r.Rows})
		l.log().InfoContext(ctx, "document", "name", r.Name, "state", string(r.State), "kind", r.Kind, "run", r.Run, "facts", r.Facts,
			"revisions", r.Revisions, "duplicates", r.Duplicates, "conflicts", r.Conflicts, "problems", r.Problems, "warnings", r.Warnings, "duration", r.Duration)
		if l.After != nil && !job.DryRun {
			l.After(ctx, r)
		}
	}
	return r, err
}

// taken is a document with its bytes at hand.
type taken struct {
	*archive.Spooled
	fileName, address, mime string
}

// take copies the bytes of the job's document, so that what is hashed, parsed and
// archived is one and the same, whatever becomes of the original meanwhile.
func (l *Loader) take(ctx context.Context, job Job) (*taken, error) {
	t := &taken{address: publicAddress(job.URL), fileName: job.Name}
	var src io.Reader
	size := int64(0)
	switch {
	case job.Path != "":
		// Asked before it is opened: the open of a named pipe waits for a writer.
		st, err := os.Stat(job.Path)
		switch {
		case err != nil:
			return nil, cantOpen(job.Path, err)
		case st.IsDir():
			if _, err := os.ReadDir(job.Path); err != nil {
				return nil, cantOpen(job.Path, err)
			}
			return nil, fmt.Errorf("%s is a folder, not a document: %w", job.Path, reform.ErrInvalid)
		case !st.Mode().IsRegular():
			return nil, fmt.Errorf("%s is a device or a pipe, not a document: save its content in a file: %w", job.Path, reform.ErrInvalid)
		}
		f, err := os.Open(job.Path)
		if err != nil {
			return nil, cantOpen(job.Path, err)
		}
		defer f.Close()
		src, size, t.fileName = f, st.Size(), filepath.Base(job.Path)
	case job.Reader != nil:
		src = job.Reader
	default:
		d, err := fetch(ctx, l.Client, job.URL)
		if err != nil {
			return nil, err
		}
		defer d.Close()
		src, size, t.fileName, t.mime = d, max(d.Size, 0), d.Name, d.MIME
	}
	t.fileName = cleanName(t.fileName)
	counted := &countingReader{r: src, tell: func(n int64) {
		l.progress(Progress{Name: job.name(), Step: StepFetch, Bytes: n, Size: size})
	}}
	var err error
	limit := l.Limits.OrDefault().Stream
	if size > limit { // not worth the way
		return nil, fmt.Errorf("%s: %w", job.name(), parse.TooLarge("the document", size, limit, "bytes"))
	}
	if job.DryRun && l.Archive == nil {
		t.Spooled, err = archive.Temp(ctx, counted, limit)
	} else {
		t.Spooled, err = l.Archive.Spool(ctx, counted, limit)
	}
	if err != nil {
		if job.Path == "" && job.Reader == nil && ctx.Err() == nil && !errors.Is(err, reform.ErrTooLarge) {
			err = fmt.Errorf("the answer broke off: %w: %w", err, reform.ErrUnavailable)
		}
		return nil, fmt.Errorf("%s: %w", job.name(), err)
	}
	if t.mime == "" {
		head := make([]byte, 512)
		n, err := t.File.ReadAt(head, 0)
		if err != nil && err != io.EOF {
			t.Close()
			return nil, fmt.Errorf("%s: %w", job.name(), err)
		}
		t.mime = http.DetectContentType(head[:n])
	}
	return t, nil
}

// cantOpen is the error of a file that is not there, or not for us.
func cantOpen(path string, err error) error {
	kind := reform.ErrNotFound
	if errors.Is(err, fs.ErrPermission) {
		kind = reform.ErrDenied
	}
	return fmt.Errorf("%s can't be opened: %w: %w", path, err, kind)
}

// cleanName is a file name fit to be stored and shown: names come from sites and uploads.
func cleanName(name string) string {
	name = parse.Shorten(viet.Clean(name), 200)
	if name == "" {
		return "document"
	}
	return name
}

// load is one document on its way.
type load struct {
	*Loader
	job       Job
	doc       *taken
	report    *Report
	retrieved time.Time
	assumed   parse.Result // what is taken for granted of the result while rows are sent
}

func (l *load) input() parse.Input {
	return parse.Input{Name: l.doc.fileName, URL: l.job.URL, Title: l.job.Title, Date: l.job.Date, File: l.doc.File, Size: l.doc.Size, Options: l.job.Options, Now: l.now, Limits: l.Limits}
}

// document describes the file.
func (l *load) document(kind parse.Kind, result parse.Result, run string) reform.Document {
	d := reform.Document{
		ID: l.doc.ID, Held: true, Kind: kind.Name, Source: l.source(kind), Title: l.job.Title, Issuer: l.job.Issuer, Number: l.job.Number,
		Date: l.job.Date, URL: l.doc.address, FileName: l.doc.fileName, MIME: l.doc.mime, Size: l.doc.Size,
		Authority: l.authority(result), RetrievedAt: l.retrieved, Run: run,
	}
	if d.Title == "" {
		d.Title = result.Title
	}
	if d.Issuer == "" {
		d.Issuer = result.Issuer
	}
	return d
}

func (l *load) source(kind parse.Kind) string {
	if l.job.Source != "" {
		return l.job.Source
	}
	return sourceOf(kind.Name, l.doc.fileName, l.doc.address)
}

// authority is the person's word, else what the kind stands for, else that of a file whose origin nobody vouches for.
func (l *load) authority(result parse.Result) reform.Authority {
	switch {
	case l.job.Authority != 0:
		return l.job.Authority
	case result.Authority != 0:
		return result.Authority
	}
	return reform.AuthorityThirdParty
}

// examiner is a new examiner of the document.
func (l *load) examiner(kind parse.Kind, problems *collector, ledger *ledger) *examiner {
	held := &series{document: l.doc.ID, source: l.source(kind), said: lastMoment(l.job.Date)}
	e := newExaminer(l.Catalog, problems, held, l.retrieved)
	e.ledger = ledger
	return e
}

// fillReport takes over what a pass has found.
func (l *load) fillReport(e *examiner, problems *collector, result parse.Result) {
	r := l.report
	r.Result, r.Rows, r.Facts = result, result.Rows, e.kept
	if r.Rows == 0 {
		r.Rows = result.Facts
	}
	r.Duplicates, r.Revisions, r.Conflicts = e.duplicates, e.revisions, e.conflicts
	r.Coverage = e.coverage()
	l.listProblems(problems)
}

func (l *load) listProblems(problems *collector) {
	l.report.Problems, l.report.Warnings = problems.counts()
	all := problems.all()
	l.report.Listed = all[:min(len(all), ListedProblems)]
}

// pass parses the document once. The document's own faults are among the
// problems when it returns; fatal says that it could not be read to its end.
func (l *load) pass(ctx context.Context, kind parse.Kind, e *examiner, deliver func([]record) (kept bool, err error)) (result parse.Result, fatal bool, err error) {
	seen := &watchedFile{File: l.doc.File}
	in := l.input()
	in.File = seen
	result, parseErr, err := l.run(ctx, kind, in, e, l.job.SetAside, deliver, func(rows int) {
		l.progress(Progress{Name: l.report.Name, Step: StepRead, Bytes: min(seen.far.Load(), l.doc.Size), Size: l.doc.Size, Rows: rows})
	})
	if err != nil {
		return result, false, err
	}
	e.conclude()
	if parseErr != nil {
		code := "unreadable"
		if errors.Is(parseErr, reform.ErrTooLarge) {
			code = "too-large"
		}
		e.problems.add(*refusal(code, "", reform.Text{EN: sentenceOf(parseErr), VI: "Không đọc được tài liệu đến hết: " + sentenceOf(parseErr)}))
		return result, true, nil
	}
	if problems, _ := e.problems.counts(); problems == 0 && result.Facts == 0 {
		none := refusal("no-facts", "", sentence("Không tìm thấy số liệu nào trong tài liệu.", "No value was found in the document."))
		none.Warning = kind.MayBeEmpty
		e.problems.add(*none)
		return result, !kind.MayBeEmpty, nil
	}
	return result, false, nil
}

// dry reads and checks, and shows the facts as they would be loaded.
func (l *load) dry(ctx context.Context) error {
	kind, refused := l.chooseKind(ctx, l.job.Kind, l.input())
	l.report.Kind = kind.Name
	problems := &collector{}
	if refused != nil {
		problems.add(*refused)
		l.report.State = Refused
		l.report.Document = l.document(kind, parse.Result{}, "")
		l.listProblems(problems)
		return nil
	}
	e := l.examiner(kind, problems, newLedger(ctx, nil, l.retrieved))
	var deliver func([]record) (bool, error)
	if l.job.Sink != nil {
		deliver = func(chunk []record) (bool, error) {
			for i := range chunk {
				if err := l.job.Sink.Fact(&chunk[i].Fact); err != nil {
					return false, err
				}
			}
			return false, nil
		}
	}
	// A dry run shows all that can be read: the good facts beside the problems.
	job := l.job
	l.job.SetAside = true
	result, fatal, err := l.pass(ctx, kind, e, deliver)
	l.job = job
	if err != nil {
		return err
	}
	l.fillReport(e, problems, result)
	l.report.Document = l.document(kind, result, "")
	if l.job.Sink != nil {
		for _, p := range problems.all() {
			l.job.Sink.Problem(p)
		}
	}
	switch {
	case l.report.Problems == 0:
		l.report.State = Checked
	case l.job.SetAside && !fatal:
		l.report.State = Partly
	default:
		l.report.State = Refused
	}
	return nil
}

// real loads the document, alone among all loaders of the archive.
func (l *load) real(ctx context.Context) error {
	l.progress(Progress{Name: l.report.Name, Step: StepWait, Size: l.doc.Size})
	release, err := takeLock(ctx, l.Archive.LockFile(), l.log())
	if err != nil {
		return err
	}
	defer release()
	l.retrieved = l.now() // what another load put in meanwhile lies before
	if _, err := l.DB.Sweep(ctx); err != nil {
		return engineError{fmt.Errorf("removing what an interrupted load left: %w", err)}
	}
	if done, err := l.repeated(ctx); done || err != nil {
		return err
	}
	kind, refused := l.chooseKind(ctx, l.job.Kind, l.input())
	l.report.Kind = kind.Name
	run, err := l.DB.Begin(ctx, reform.Run{Source: l.source(kind), Kind: kind.Name, Document: l.doc.ID, Message: l.job.how()})
	if err != nil {
		return engineError{err}
	}
	l.report.Run = run.ID
	problems := &collector{}
	if refused != nil {
		problems.add(*refused)
		l.report.Document = l.document(kind, parse.Result{}, run.ID)
		l.listProblems(problems)
		return l.refuse(ctx, run, problems, false)
	}
	excluded, err := l.survey(ctx, kind)
	if err != nil {
		return l.fail(ctx, run, err)
	}
	return l.insert(ctx, kind, run, problems, excluded)
}

// survey reads a document ahead of which the good rows are wanted: which of its
// numbers it contradicts is known only at its end, and none of those may be loaded.
func (l *load) survey(ctx context.Context, kind parse.Kind) (map[key]bool, error) {
	if !l.job.SetAside {
		return nil, nil
	}
	e := l.examiner(kind, &collector{}, newLedger(ctx, nil, l.retrieved))
	_, _, err := l.pass(ctx, kind, e, nil)
	return e.contradicted, err
}

// commit keeps the bytes, notes documents and problems, and makes all of it visible
// at once by the run's last row.
func (l *load) commit(ctx context.Context, run reform.Run, e *examiner, problems *collector) error {
	r := l.report
	l.progress(Progress{Name: r.Name, Step: StepKeep, Bytes: l.doc.Size, Size: l.doc.Size, Rows: r.Rows})
	if err := l.doc.Keep(ctx); err != nil {
		return l.fail(ctx, run, err)
	}
	docs := append(make([]reform.Document, 0, len(e.citation)+1), r.Document)
	for _, s := range e.citation {
		c := s.citation
		docs = append(docs, reform.Document{
			ID: s.document, Kind: "citation", Source: s.source, Title: c.Title, Issuer: c.Issuer, Number: c.Number, Date: c.Date, URL: c.URL,
			Authority: s.rank(), RetrievedAt: l.retrieved, Run: run.ID,
		})
	}
	if err := l.DB.PutDocuments(ctx, docs); err != nil {
		return l.fail(ctx, run, engineError{err})
	}
	if err := l.DB.PutProblems(ctx, run, l.doc.fileName, problems.all()); err != nil {
		return l.fail(ctx, run, engineError{err})
	}
	l.count(&run)
	committed, err := l.DB.Commit(ctx, run)
	if err != nil {
		// Its fate is unknown: the next load of these bytes finds it committed, or sweeps it.
		return engineError{err}
	}
	r.Rev, r.State = committed.Rev, Loaded
	if r.Problems > 0 {
		r.State = Partly
		r.Message = sentence("Đã nạp %d số liệu; %d vấn đề được để riêng.", "%d values were loaded; %d problems were set aside.", r.Facts, r.Problems)
	}
	return nil
}

func (l *load) count(run *reform.Run) {
	r := l.report
	run.Facts, run.Revisions, run.Duplicates = uint64(r.Facts), uint64(r.Revisions), uint64(r.Duplicates)
	run.Conflicts, run.Problems = uint64(r.Conflicts), uint64(r.Problems)
}

// refuse notes that and why nothing was loaded. The bytes are kept: a person may
// look at the problems and load the good rows after all.
func (l *load) refuse(ctx context.Context, run reform.Run, problems *collector, sent bool) error {
	r := l.report
	r.State, r.Facts, r.Revisions, r.Conflicts = Refused, 0, 0, 0
	if err := l.doc.Keep(ctx); err != nil {
		return l.fail(ctx, run, err)
	}
	l.count(&run)
	if err := l.DB.PutProblems(ctx, run, l.doc.fileName, problems.all()); err != nil {
		return l.fail(ctx, run, engineError{err})
	}
	if _, err := l.DB.Refuse(ctx, run); err != nil {
		return engineError{err}
	}
	if sent {
		if _, err := l.DB.Sweep(ctx); err != nil {
			return engineError{err} // the next load tries again
		}
	}
	return nil
}

// fail notes that the load broke off, as far as that can still be noted.
func (l *load) fail(ctx context.Context, run reform.Run, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	run.Message = parse.Shorten(cause.Error(), 500)
	if _, err := l.DB.Fail(ctx, run); err != nil {
		return errors.Join(cause, err)
	}
	if _, err := l.DB.Sweep(ctx); err != nil {
		l.log().WarnContext(ctx, "what the load left is removed by the next one", "run", run.ID, "err", err)
	}
	return cause
}

// sentenceOf is an error's text without the kind at its end, which a person can do nothing with.
func sentenceOf(err error) string {
	s := err.Error()
	for _, kind := range []error{reform.ErrInvalid, reform.ErrTooLarge} {
		if tail := ": " + kind.Error(); len(s) > len(tail) && s[len(s)-len(tail):] == tail {
			return s[:len(s)-len(tail)]
		}
	}
	return s
}
