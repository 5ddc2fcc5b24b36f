package schedule

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // The zone must be known on machines without zone files, in tests too.

	"github.com/robfig/cron/v3"

	"chiso/ingest"
	"chiso/ingest/parse"
	"chiso/reform"
)

// The kinds of source that this package reads itself; others are given by its caller.
const (
	KindURL    = "url"    // one document at an address
	KindFolder = "folder" // the documents of a folder, again where they changed
	// KindExport sends something out instead of reading. Its Taker is the job; the first report says what became of it.
	KindExport = "export"
)

// Zone is the time zone of all schedules.
const Zone = "Asia/Ho_Chi_Minh"

// Location is Zone. It can't fail, since the zone data are in the program.
func Location() *time.Location {
	loc, err := time.LoadLocation(Zone)
	if err != nil {
		panic(err)
	}
	return loc
}

// Limits of what a source may ask for.
const (
	DefaultTimeout = 15 * time.Minute
	maxTimeout     = 12 * time.Hour
	maxJitter      = 6 * time.Hour
	minEvery       = time.Second
)

// Source is one place that numbers come from, as a person has configured it.
type Source struct {
	Name     string // short and lasting: its history hangs on it
	Kind     string
	Schedule string // five fields of cron, or @every 30m, @daily ...
	Where    string // address or folder
	Options  map[string]string
	Enabled  bool
	Timeout  time.Duration // of one attempt; 0: DefaultTimeout
	Jitter   time.Duration // an attempt of the schedule begins up to so much later
	Window   string        // days of the year, see ParseWindow; "" all
	CatchUp  bool          // read once after a downtime in which its time has passed
	Place    string        // where it is configured, for messages: "line 12"
}

var sourceName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// parser takes no seconds and no zone: every schedule is in Zone.
var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)

// Validate reports all mistakes of a source, each with the field.
func (s Source) Validate(kinds []string) error {
	var errs []error
	bad := func(field, format string, a ...any) {
		place := ""
		if s.Place != "" {
			place = " (" + s.Place + ")"
		}
		errs = append(errs, fmt.Errorf("source %q%s: %s: %w", s.Name, place, field+": "+fmt.Sprintf(format, a...), reform.ErrInvalid))
	}
	if !sourceName.MatchString(s.Name) {
		bad("name", "want small letters, digits, '.', '_' and '-', up to 64")
	}
	if !slices.Contains(kinds, s.Kind) {
		bad("kind", "%q is not known; known are %s", s.Kind, strings.Join(kinds, ", "))
	}
	if s.Timeout < 0 || s.Timeout > maxTimeout {
		bad("timeout", "want up to %s, got %s", maxTimeout, s.Timeout)
	}
	if s.Jitter < 0 || s.Jitter > maxJitter {
		bad("jitter", "want 0 to %s, got %s", maxJitter, s.Jitter)
	}
	w, err := ParseWindow(s.Window)
	if err != nil {
		bad("window", "%v", err)
	}
	switch inner, err := parseSchedule(s.Schedule); {
	case err != nil:
		bad("schedule", "%v", err)
	case (seasonal{inner: anchor(inner, time.Time{}), window: w, loc: Location()}).Next(time.Now()).IsZero():
		bad("schedule", "%q never comes in the window %q", s.Schedule, s.Window)
	}
	if s.Kind == KindURL {
		if u, err := url.Parse(s.Where); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			bad("where", "want an http or https address")
		}
	}
	if s.Kind == KindFolder && s.Where == "" {
		bad("where", "want a folder")
	}
	if s.Kind == KindURL || s.Kind == KindFolder {
		if _, err := s.job(); err != nil {
			bad("options", "%v", err)
		}
	}
	return errors.Join(errs...)
}

// parseSchedule reads a schedule without its window.
func parseSchedule(text string) (cron.Schedule, error) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "TZ=") {
		return nil, fmt.Errorf("%q: every schedule is in the time of Viet Nam; leave the zone out", text)
	}
	if every, ok := strings.CutPrefix(text, "@every "); ok {
		// Checked here, since cron rounds what is too short up without a word.
		d, err := time.ParseDuration(strings.TrimSpace(every))
		if err != nil || d < minEvery {
			return nil, fmt.Errorf("%q: want @every 30m or the like, %s at least", text, minEvery)
		}
	}
	s, err := parser.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("%q: want five fields such as \"0 2 * * *\", @daily or @every 30m: %v", text, err)
	}
	return s, nil
}

// anchor lays @every on a grid through from, so that a restart does not begin to count anew.
func anchor(s cron.Schedule, from time.Time) cron.Schedule {
	if every, ok := s.(cron.ConstantDelaySchedule); ok {
		return grid{every.Delay, from}
	}
	return s
}

type grid struct {
	every time.Duration
	from  time.Time
}

func (g grid) Next(t time.Time) time.Time {
	if g.from.IsZero() || t.Before(g.from) {
		return t.Add(g.every).Truncate(time.Second)
	}
	return g.from.Add((t.Sub(g.from)/g.every + 1) * g.every)
}

// seasonal is a schedule within a window, in the zone of all schedules.
type seasonal struct {
	inner  cron.Schedule
	window Window
	loc    *time.Location
}

// years is how far ahead a moment of a schedule is looked for; the 29th of February
// may be eight years away.
const years = 9

// Next is the first moment after t, in the window; zero where there is none.
func (s seasonal) Next(t time.Time) time.Time {
	t = t.In(s.loc)
	end := t.AddDate(years, 0, 0)
	for {
		next := s.inner.Next(t)
		if next.IsZero() || next.After(end) {
			return time.Time{}
		}
		if next = next.In(s.loc); s.window.Contains(next) {
			return next
		}
		open := s.window.opens(next)
		if open.IsZero() {
			t = next.AddDate(0, 0, 300)
			continue
		}
		t = open.Add(-time.Nanosecond)
	}
}

// job is what is said of every document of the source.
func (s Source) job() (ingest.Job, error) {
	j := ingest.Job{Options: map[string]string{}}
	for _, k := range slices.Sorted(maps.Keys(s.Options)) {
		v := s.Options[k]
		switch k {
		case "kind":
			j.Kind = v
		case "title":
			j.Title = v
		case "issuer":
			j.Issuer = v
		case "number":
			j.Number = v
		case "date":
			j.Date = v
		case "series":
			j.Source = v
		case "pattern":
			if s.Kind != KindFolder {
				return j, fmt.Errorf("pattern is an option of a folder")
			}
			if _, err := filepath.Match(v, ""); err != nil {
				return j, fmt.Errorf("pattern %q: %v", v, err)
			}
		case "set_aside":
			b, err := strconv.ParseBool(v)
			if err != nil {
				return j, fmt.Errorf("set_aside: want true or false, got %q", v)
			}
			j.SetAside = b
		case "authority":
			n, err := strconv.Atoi(v)
			if err != nil || n < int(reform.AuthorityOfficial) || n > int(reform.AuthorityThirdParty) {
				return j, fmt.Errorf("authority: want 1 (official) to 5 (third party), got %q", v)
			}
			j.Authority = reform.Authority(n)
		case parse.OptIndex, parse.OptBasis, parse.OptPeriod, parse.OptScheme, parse.OptScope, parse.OptStage, parse.OptUnit, parse.OptSheet, parse.OptNumbers:
			j.Options[k] = v
		default:
			return j, fmt.Errorf("%q is not known", k)
		}
	}
	return j, nil
}

// shown is where the source lies, without a password and without what only this
// machine knows of its folders.
func (s Source) shown() string {
	if u, err := url.Parse(s.Where); err == nil && u.User != nil {
		u.User = nil
		return u.String()
	}
	if home, err := os.UserHomeDir(); err == nil && home != "" && strings.HasPrefix(s.Where, home+string(os.PathSeparator)) {
		return "~" + strings.TrimPrefix(s.Where, home)
	}
	return s.Where
}

func (s Source) timeout() time.Duration {
	if s.Timeout == 0 {
		return DefaultTimeout
	}
	return s.Timeout
}
