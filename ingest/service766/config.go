package service766

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"chiso/reform"
)

// Config is what a source of this kind may be told, in YAML. The zero value of every
// field but Portal is usable.
type Config struct {
	Portal  Portal            `yaml:"portal"`   // portal-2022 or portal-2026
	BaseURL string            `yaml:"base_url"` // https://dichvucong.gov.vn
	Paths   map[string]string `yaml:"paths"`    // of single lists, where they moved: {transparency: /api/v2/...}
	Lists   []string          `yaml:"lists"`    // of the new portal; empty: all seven. service-results alone gives the scores of groups

	Periods PeriodRule `yaml:"periods"`

	// SkipProvinces leaves the list of all provinces out.
	SkipProvinces bool `yaml:"skip_provinces"`
	// Below names provinces whose departments and communes are asked for, by code (H01) or key (vn34:91); "all" is every one.
	Below []string `yaml:"below"`
	// Bindings say which units codes stand for that are in no list: {H39: vn63:80}.
	Bindings Bindings `yaml:"bindings"`
	// IDs are the portal's ids of provinces, by code, where they are not or no longer as we know them.
	IDs map[string]string `yaml:"ids"`

	PageSize int           `yaml:"page_size"` // 0: as the portal's own page asks
	MaxPages int           `yaml:"max_pages"` // of one list; 50
	Pause    time.Duration `yaml:"pause"`     // between requests; 1.5s
	Jitter   time.Duration `yaml:"jitter"`    // up to so much more; 1.5s
	NoPause  bool          `yaml:"no_pause"`  // for tests on loopback: any other host refuses it
	Timeout  time.Duration `yaml:"timeout"`   // of one request; 45s
	Retries  int           `yaml:"retries"`   // further tries of one request; 3, none for -1
	Backoff  time.Duration `yaml:"backoff"`   // before the first further try, then doubled; 5s
	MaxWait  time.Duration `yaml:"max_wait"`  // longest wait before a further try, as by Retry-After; 5m
	Cooldown time.Duration `yaml:"cooldown"`  // how long a portal that refused is left alone; 6h
	MaxPoll  int64         `yaml:"max_poll"`  // bytes of one poll; 256 MiB

	// Contact is an address that is sent with the program's name, so that the portal's keeper can write.
	Contact string `yaml:"contact"`
	// Satisfaction is how handling-satisfaction is asked: "dates" by its contract, "type" as its sisters.
	Satisfaction string `yaml:"satisfaction"`
}

// PeriodRule says which periods a poll asks for.
type PeriodRule struct {
	// Current lists kinds of period (month, quarter, half, year) whose open one is asked for.
	Current []reform.PeriodKind `yaml:"current"`
	// Closed lists kinds whose last closed one is asked for too, until ClosedDays after
	// its end: the portal revises them.
	Closed     []reform.PeriodKind `yaml:"closed"`
	ClosedDays int                 `yaml:"closed_days"`
	// Fixed lists periods that every poll asks for, such as "2025-10".
	Fixed []string `yaml:"fixed"`
}

// At lists the periods of a poll at a time, the shortest first, without one twice.
func (r PeriodRule) At(now time.Time) ([]reform.Period, error) {
	day := dayIn(now)
	var out []reform.Period
	add := func(p reform.Period) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	kinds := []reform.PeriodKind{reform.Month, reform.Quarter, reform.Half, reform.Year}
	for _, k := range kinds {
		if slices.Contains(r.Current, k) {
			add(around(day, k))
		}
	}
	for _, k := range kinds {
		if !slices.Contains(r.Closed, k) {
			continue
		}
		if p := around(day, k).Prev(); !day.After(p.End().AddDate(0, 0, r.ClosedDays)) {
			add(p)
		}
	}
	for _, s := range r.Fixed {
		p, err := reform.ParsePeriod(s)
		if err != nil {
			return nil, err
		}
		add(p)
	}
	return out, nil
}

// around is the period of a kind in which a day lies.
func around(day time.Time, kind reform.PeriodKind) reform.Period {
	y, m := day.Year(), int(day.Month())
	switch kind {
	case reform.Month:
		return reform.MustPeriod(fmt.Sprintf("%04d-%02d", y, m))
	case reform.Quarter:
		return reform.MustPeriod(fmt.Sprintf("%04d-Q%d", y, (m+2)/3))
	case reform.Half:
		return reform.MustPeriod(fmt.Sprintf("%04d-H%d", y, (m+5)/6))
	}
	return reform.YearPeriod(y)
}

// WithDefaults is c with what it leaves open.
func (c Config) WithDefaults() Config {
	if c.BaseURL == "" {
		c.BaseURL = "https://dichvucong.gov.vn"
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if len(c.Periods.Current)+len(c.Periods.Closed)+len(c.Periods.Fixed) == 0 {
		c.Periods.Current = []reform.PeriodKind{reform.Month, reform.Quarter, reform.Year}
		c.Periods.Closed = slices.Clone(c.Periods.Current)
	}
	if c.Periods.ClosedDays == 0 {
		c.Periods.ClosedDays = 45
	}
	if len(c.Lists) == 0 {
		if a, err := adapterOf(c.Portal); err == nil {
			c.Lists = a.lists()
		}
	}
	or := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	if !c.NoPause {
		or(&c.Pause, 1500*time.Millisecond)
		or(&c.Jitter, 1500*time.Millisecond)
	}
	or(&c.Timeout, 45*time.Second)
	or(&c.Backoff, 5*time.Second)
	or(&c.MaxWait, 5*time.Minute)
	or(&c.Cooldown, 6*time.Hour)
	if c.Retries == 0 {
		c.Retries = 3
	}
	if c.MaxPages == 0 {
		c.MaxPages = 50
	}
	if c.MaxPoll == 0 {
		c.MaxPoll = 256 << 20
	}
	if c.Satisfaction == "" {
		c.Satisfaction = "dates"
	}
	return c
}

// Validate says what of c, completed by its defaults, can't be used.
func (c Config) Validate() error {
	c = c.WithDefaults()
	bad := func(field, format string, args ...any) error {
		return fmt.Errorf("service766: %s: %s: %w", field, fmt.Sprintf(format, args...), reform.ErrInvalid)
	}
	a, err := adapterOf(c.Portal)
	if err != nil {
		return fmt.Errorf("service766: %w", err)
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return bad("base_url", "%q is no address such as https://dichvucong.gov.vn", c.BaseURL)
	}
	if c.NoPause && !isLoopback(u.Hostname()) {
		return bad("no_pause", "pauses may be left out on loopback only, not at %s", u.Hostname())
	}
	for _, l := range c.Lists {
		if !slices.Contains(a.lists(), l) {
			return bad("lists", "%q: known are %s", l, strings.Join(a.lists(), ", "))
		}
	}
	for l, p := range c.Paths {
		if !slices.Contains(a.lists(), l) || !strings.HasPrefix(p, "/") {
			return bad("paths", "%q: %q: want a path such as /api/v1/... for one of %s", l, p, strings.Join(a.lists(), ", "))
		}
	}
	for _, k := range append(slices.Clone(c.Periods.Current), c.Periods.Closed...) {
		if !slices.Contains(a.kinds(), k) {
			return bad("periods", "%q: %s has the kinds %v", k, c.Portal, a.kinds())
		}
	}
	for _, s := range c.Periods.Fixed {
		p, err := reform.ParsePeriod(s)
		if err != nil {
			return bad("periods.fixed", "%v", err)
		}
		if !slices.Contains(a.kinds(), p.Kind()) {
			return bad("periods.fixed", "%s: %s has the kinds %v", p, c.Portal, a.kinds())
		}
	}
	if c.Periods.ClosedDays < 0 || c.Periods.ClosedDays > 1000 {
		return bad("periods.closed_days", "%d: want 0 to 1000", c.Periods.ClosedDays)
	}
	if err := c.Bindings.Validate(); err != nil {
		return fmt.Errorf("service766: %w", err)
	}
	if _, err := c.belowProvinces(a); err != nil {
		return fmt.Errorf("service766: below: %w", err)
	}
	if c.SkipProvinces && len(c.Below) == 0 {
		return bad("skip_provinces", "nothing is left to ask for")
	}
	for _, f := range []struct {
		name     string
		v, least time.Duration
	}{{"pause", c.Pause, 0}, {"jitter", c.Jitter, 0}, {"timeout", c.Timeout, time.Millisecond}, {"backoff", c.Backoff, time.Millisecond}, {"max_wait", c.MaxWait, 0}, {"cooldown", c.Cooldown, 0}} {
		if f.v < f.least || f.v > 72*time.Hour {
			return bad(f.name, "%s is not possible", f.v)
		}
	}
	switch {
	case c.PageSize < 0 || c.PageSize > 5000:
		return bad("page_size", "%d: want 1 to 5000", c.PageSize)
	case c.MaxPages < 1 || c.MaxPages > 1000:
		return bad("max_pages", "%d: want 1 to 1000", c.MaxPages)
	case c.Retries < -1 || c.Retries > 10:
		return bad("retries", "%d: want -1 to 10", c.Retries)
	case c.MaxPoll < 1<<16:
		return bad("max_poll", "%d bytes are too few", c.MaxPoll)
	case c.Satisfaction != "dates" && c.Satisfaction != "type":
		return bad("satisfaction", "%q: want dates or type", c.Satisfaction)
	case strings.ContainsAny(c.Contact, "\r\n") || len(c.Contact) > 200:
		return bad("contact", "%q is no address", c.Contact)
	}
	return nil
}

func isLoopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// belowProvinces are the codes and ids of the provinces whose units are asked for.
func (c Config) belowProvinces(a adapter) ([]Ask, error) {
	var out []Ask
	add := func(code, id string) error {
		if own := c.IDs[code]; own != "" {
			id = own
		}
		if id == "" {
			return fmt.Errorf("the portal's id of %s is not known: give it under ids, as in {%s: \"11342\"}: %w", code, code, reform.ErrNotFound)
		}
		if !slices.ContainsFunc(out, func(o Ask) bool { return o.Province == code }) {
			out = append(out, Ask{Province: code, ID: id})
		}
		return nil
	}
	b := binder{cat: reform.Default(), bound: c.Bindings}
	for _, text := range c.Below {
		if strings.EqualFold(text, "all") {
			for _, p := range provinces() {
				if err := add(p.code, a.rootID(p)); err != nil {
					return nil, err
				}
			}
			continue
		}
		code, err := b.codeOf(text)
		if err != nil {
			return nil, err
		}
		id := ""
		if p, ok := provinceByCode(code); ok {
			id = a.rootID(p)
		}
		if err := add(code, id); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// plan lists the batches of a poll at a time: all provinces first, since what they
// show of a period's division of the country holds for the units below.
func (c Config) plan(a adapter, now time.Time) ([]Ask, error) {
	periods, err := c.Periods.At(now)
	if err != nil {
		return nil, err
	}
	below, err := c.belowProvinces(a)
	if err != nil {
		return nil, err
	}
	var lists []string // in the portal's order, the totals first
	for _, l := range a.lists() {
		if slices.Contains(c.Lists, l) {
			lists = append(lists, l)
		}
	}
	var out []Ask
	add := func(ask Ask) {
		ask.N, ask.Lists = len(out)+1, lists
		out = append(out, ask)
	}
	if !c.SkipProvinces {
		for _, p := range periods {
			add(Ask{Period: p})
		}
	}
	for _, root := range below {
		for _, p := range periods {
			root.Period = p
			add(root)
		}
	}
	return out, nil
}
