package ingest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"chiso/ingest/parse"
	"chiso/reform"
	"chiso/store"
)

const (
	pipeRows  = 1024 // records handed on at once
	pipeDepth = 8    // such chunks under way
)

// pipe takes a document's facts from the parser through the examiner to where
// they go, each in its own goroutine, so that reading, checking and inserting go
// on at once. It is the Sink of the parser.
type pipe struct {
	ctx      context.Context
	cancel   context.CancelCauseFunc
	examiner *examiner
	problems *collector
	deliver  func([]record) (kept bool, err error) // nil: nothing is inserted
	setAside bool
	rows     *atomic.Int64

	fill     []record
	parsed   chan []record
	examined chan []record
	free     chan []record
	done     sync.WaitGroup
	handed   int // facts that the parser gave
}

func newPipe(ctx context.Context, e *examiner, setAside bool, deliver func([]record) (bool, error), rows *atomic.Int64) *pipe {
	p := &pipe{
		examiner: e, problems: e.problems, deliver: deliver, setAside: setAside, rows: rows,
		parsed: make(chan []record, pipeDepth), examined: make(chan []record, pipeDepth), free: make(chan []record, 2*pipeDepth+4),
	}
	p.ctx, p.cancel = context.WithCancelCause(ctx)
	p.done.Add(2)
	go p.examine()
	go p.hand()
	return p
}

// Fact takes a copy of f.
func (p *pipe) Fact(f *reform.Fact) error {
	if p.fill == nil {
		select {
		case p.fill = <-p.free:
			p.fill = p.fill[:0]
		default:
			p.fill = make([]record, 0, pipeRows)
		}
	}
	p.fill = append(p.fill, record{Fact: *f})
	p.handed++
	if len(p.fill) == pipeRows {
		return p.flush()
	}
	return nil
}

// Problem takes what the parser could not read.
func (p *pipe) Problem(problem reform.Problem) { p.problems.add(problem) }

func (p *pipe) flush() error {
	chunk := p.fill
	p.fill = nil
	select {
	case p.parsed <- chunk:
		return nil
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

// examine runs until the parser is done. A panic here would end the server for
// one document's sake: it ends the load.
func (p *pipe) examine() {
	defer p.done.Done()
	defer close(p.examined)
	defer p.rescue("checks")
	for chunk := range p.parsed {
		kept := 0
		for i := range chunk {
			keep, err := p.examiner.take(&chunk[i])
			if err != nil {
				p.cancel(engineError{err})
				break
			}
			if keep {
				if kept != i {
					chunk[kept] = chunk[i]
				}
				kept++
			}
		}
		p.rows.Add(int64(len(chunk)))
		select {
		case p.examined <- chunk[:kept]:
		case <-p.ctx.Done():
			for range p.parsed { // let go of a parser that waits
			}
			return
		}
	}
}

// hand delivers until the examiner is done. After the first problem nothing more
// is inserted, unless the good rows are wanted anyway.
func (p *pipe) hand() {
	defer p.done.Done()
	defer p.rescue("insert")
	for chunk := range p.examined {
		kept := false
		if p.deliver != nil && p.ctx.Err() == nil && len(chunk) > 0 {
			if problems, _ := p.problems.counts(); problems == 0 || p.setAside {
				var err error
				if kept, err = p.deliver(chunk); err != nil {
					p.cancel(err)
				}
			}
		}
		if kept {
			continue
		}
		select {
		case p.free <- chunk:
		default:
		}
	}
}

func (p *pipe) rescue(what string) {
	if r := recover(); r != nil {
		p.cancel(fmt.Errorf("the %s of a document failed: %v", what, r))
	}
}

// end waits until all is delivered. The error is of the pipe and not of the document.
func (p *pipe) end() error {
	if len(p.fill) > 0 {
		_ = p.flush() // its error is the context's cause
	}
	close(p.parsed)
	p.done.Wait()
	err := context.Cause(p.ctx)
	p.cancel(nil)
	return err
}

// run parses a document through a new pipe. parseErr is the document's fault, err is not.
func (l *Loader) run(ctx context.Context, kind parse.Kind, in parse.Input, e *examiner, setAside bool, deliver func([]record) (bool, error), tell func(rows int)) (result parse.Result, parseErr, err error) {
	var rows atomic.Int64
	p := newPipe(ctx, e, setAside, deliver, &rows)
	stop := make(chan struct{})
	var told sync.WaitGroup
	if tell != nil {
		told.Add(1)
		go func() {
			defer told.Done()
			tick := time.NewTicker(100 * time.Millisecond)
			defer tick.Stop()
			for {
				select {
				case <-stop:
					tell(int(rows.Load()))
					return
				case <-tick.C:
					tell(int(rows.Load()))
				}
			}
		}()
	}
	result, parseErr = safeParse(p.ctx, kind, in, l.Catalog, p)
	err = p.end()
	close(stop)
	told.Wait()
	if err != nil {
		return result, nil, err
	}
	result.Facts = p.handed
	return result, parseErr, nil
}

// safeParse turns a panic of a file reader into an error: files come from everywhere.
func safeParse(ctx context.Context, kind parse.Kind, in parse.Input, cat *reform.Catalog, sink reform.Sink) (r parse.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the reader of %s files failed on it (%v): %w", kind.Name, p, reform.ErrInvalid)
		}
	}()
	return kind.Parse(ctx, in, cat, sink)
}

// origin is where r comes from, in the words of the store.
func (r *record) storeOrigin(carrier string) store.Origin {
	return store.Origin{
		Document: r.from.document, Carrier: carrier, Source: r.from.source, Authority: r.from.rank(),
		ObservedAt: r.ObservedAt, ObservedOrigin: r.origin, Hash: r.hash,
	}
}
