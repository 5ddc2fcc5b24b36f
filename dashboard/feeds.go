package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"chiso/reform"
	"chiso/reform/words"
)

// feedsStay is how long the state of the sources is believed without asking.
const feedsStay = 5 * time.Second

// liveIndex is the index whose sources change their figures while a reader looks.
const liveIndex = "s766"

// livePortal begins the kinds of source that bring the figures of the live index.
const livePortal = "766-portal-"

// exportKind is a report that goes out instead of figures that come in.
const exportKind = "export"

// inboxKind is the folder that takes files: it has no figures of its own to be fresh.
const inboxKind = "inbox"

// feedList remembers the sources of the schedule for a moment: every page asks how fresh it is.
type feedList struct {
	mu     sync.Mutex
	at     time.Time
	states []reform.SourceState
}

// sourceStates are the sources of the schedule as of a moment ago, with those of the
// configuration that no schedule has listed yet.
func (s *Server) sourceStates(ctx context.Context) ([]reform.SourceState, error) {
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	now := s.opt.Now()
	if !s.feeds.at.IsZero() && now.Sub(s.feeds.at) < feedsStay && !now.Before(s.feeds.at) {
		return s.feeds.states, nil
	}
	states, err := s.opt.Reader.Sources(ctx)
	if err != nil {
		return nil, fmt.Errorf("sources: %w", err)
	}
	for _, c := range s.opt.Configured {
		if !slices.ContainsFunc(states, func(st reform.SourceState) bool { return st.Name == c.Name }) {
			states = append(states, c)
		}
	}
	for i := range states {
		states[i].Overdue = states[i].LateAt(now)
	}
	slices.SortStableFunc(states, func(a, b reform.SourceState) int { return strings.Compare(a.Name, b.Name) })
	s.feeds.states, s.feeds.at = states, now
	return states, nil
}

// forgetSources makes the next page ask anew: a person has started something.
func (s *Server) forgetSources() {
	s.feeds.mu.Lock()
	defer s.feeds.mu.Unlock()
	s.feeds.at = time.Time{}
}

// freshStamp changes when a page may say something else of how fresh its figures are, though
// nothing new was loaded: each minute where there are sources, else each day.
func (s *Server) freshStamp(ctx context.Context) string {
	states, err := s.sourceStates(ctx)
	now := local(s.opt.Now())
	if err != nil || len(states) == 0 {
		return now.Format(time.DateOnly)
	}
	return now.Format("2006-01-02T15:04")
}

// ago is how long something is past, in its largest unit: "10 phút trước".
func ago(d time.Duration, lang string) string {
	for _, u := range []struct {
		of   time.Duration
		name string
	}{{24 * time.Hour, "day"}, {time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		if n := int(d / u.of); n > 0 {
			unit := u.name
			if n > 1 {
				unit += "s"
			}
			return words.T(lang, "ago."+unit, "n", n)
		}
	}
	return words.T(lang, "ago.now")
}

// tookText is a duration as a person says it.
func tookText(d time.Duration, lang string) string {
	switch {
	case d < time.Second:
		return words.T(lang, "took.ms", "n", d.Milliseconds())
	case d < time.Minute:
		return words.T(lang, "took.s", "n", number(reform.Num(fmt.Sprintf("%.1f", d.Seconds())), lang))
	}
	return words.T(lang, "took.min", "min", int(d.Minutes()), "s", int(d.Seconds())%60)
}

// feedFreshness is "số liệu đến 16/10/2025, cập nhật 10 phút trước".
func feedFreshness(st reform.SourceState, now time.Time, lang string) string {
	switch {
	case !st.Newest.IsZero() && !st.LastSuccess.IsZero():
		return words.T(lang, "fresh.both", "day", day(local(st.Newest), lang), "ago", ago(now.Sub(st.LastSuccess), lang))
	case !st.Newest.IsZero():
		return words.T(lang, "fresh.data", "day", day(local(st.Newest), lang))
	case !st.LastSuccess.IsZero():
		return words.T(lang, "fresh.read", "ago", ago(now.Sub(st.LastSuccess), lang))
	}
	return words.T(lang, "fresh.never")
}

// feedLine is one source on the overview.
type feedLine struct {
	Name, Href, Text string
	Late             bool
}

// feedsShown is how many sources that are in time the overview lists.
const feedsShown = 6

// feedLines are the sources that are switched on, the late ones first.
func (s *Server) feedLines(ctx context.Context, lang string) ([]feedLine, error) {
	states, err := s.sourceStates(ctx)
	if err != nil {
		return nil, err
	}
	now := s.opt.Now()
	var late, fine []feedLine
	for _, st := range states {
		if !st.Enabled || st.Kind == exportKind {
			continue // a report that goes out says nothing of how fresh the figures are
		}
		line := feedLine{Name: st.Name, Href: sourceHref(st.Name), Text: feedFreshness(st, now, lang), Late: st.LateAt(now)}
		switch {
		case line.Late:
			line.Text += "; " + words.T(lang, "source.late.since", "time", clockTime(st.OverdueAt))
			late = append(late, line)
		case st.Kind != inboxKind && len(fine) < feedsShown:
			fine = append(fine, line)
		}
	}
	return append(late, fine...), nil
}

// fresh says how old live figures are: until when they go, and when their source was read last.
// An earlier state is not judged by today's clock.
func (s *Server) fresh(ctx context.Context, b *Base, ix *reform.Index, latest time.Time) error {
	if ix.Code != liveIndex || latest.IsZero() {
		return nil
	}
	b.Fresh = b.T("fresh.page", "time", b.Moment(latest))
	if b.Past != "" {
		return nil
	}
	states, err := s.sourceStates(ctx)
	if err != nil {
		return err
	}
	now := s.opt.Now()
	b.Fresh += " (" + ago(now.Sub(latest), b.Lang) + ")"
	var read time.Time
	for _, st := range states {
		if !strings.HasPrefix(st.Kind, livePortal) || !st.Enabled {
			continue
		}
		b.FreshLate = b.FreshLate || st.LateAt(now)
		if st.LastSuccess.After(read) {
			read = st.LastSuccess
		}
	}
	if !read.IsZero() {
		b.Fresh += b.T("fresh.page.read", "ago", ago(now.Sub(read), b.Lang))
	}
	if b.FreshLate {
		b.Fresh += b.T("fresh.page.late")
	}
	return nil
}

// newestOf is when a source gave a provisional figure of these points last.
func newestOf(points []reform.RankPoint) time.Time {
	var newest time.Time
	for _, pt := range points {
		if at := observed(pt); at.After(newest) {
			newest = at
		}
	}
	return newest
}

// newestStanding is when a source gave a provisional figure of the table last.
func newestStanding(l *reform.League) time.Time {
	var newest time.Time
	for _, r := range l.Rows {
		if r.Status != reform.Provisional {
			continue
		}
		for _, at := range []time.Time{r.PlaceFrom.ObservedAt, r.ScoreFrom.ObservedAt} {
			if at.After(newest) {
				newest = at
			}
		}
	}
	return newest
}
