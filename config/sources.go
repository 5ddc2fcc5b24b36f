package config

import (
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Source is one place that numbers come from. What a kind, a schedule or an option means
// is not known here; the room that reads sources checks it.
type Source struct {
	Name     string         `yaml:"name"`
	Kind     string         `yaml:"kind"`
	Schedule string         `yaml:"schedule"`
	Where    string         `yaml:"where"`
	Options  map[string]any `yaml:"options"`
	Enabled  bool           `yaml:"enabled"` // default true
	Timeout  Duration       `yaml:"timeout"` // default 15m
	Jitter   Duration       `yaml:"jitter"`
	Window   string         `yaml:"window"`
	CatchUp  bool           `yaml:"catch_up"` // default true

	// Line is where it stands in the file, for messages.
	Line int `yaml:"-"`
}

// UnmarshalYAML fills in the defaults and remembers the line.
func (s *Source) UnmarshalYAML(node ast.Node) error {
	type plain Source // without this method
	p := plain{Enabled: true, CatchUp: true}
	if err := yaml.NodeToValue(node, &p, yaml.Strict()); err != nil {
		return err
	}
	*s = Source(p)
	s.Line = firstLine(node)
	return nil
}

// firstLine is the line of the first key of a mapping: its own token is a colon.
func firstLine(node ast.Node) int {
	if m, ok := node.(*ast.MappingNode); ok && len(m.Values) > 0 {
		node = m.Values[0].Key
	} else if v, ok := node.(*ast.MappingValueNode); ok {
		node = v.Key
	}
	if t := node.GetToken(); t != nil && t.Position != nil {
		return t.Position.Line
	}
	return 0
}

// Inbox is a folder of which dropped files are taken.
type Inbox struct {
	Folder string   `yaml:"folder"`  // "" there is none
	Every  Duration `yaml:"every"`   // how often it is looked at
	Settle Duration `yaml:"settle"`  // how long a file must stay as it is
	MaxMiB int      `yaml:"max_mib"` // of one file
}

// checkSources reports what is wrong whatever the kinds mean.
func (c Config) checkSources() []error {
	var errs []error
	names := map[string]int{}
	for i, s := range c.Sources {
		at := fmt.Sprintf("sources[%d]", i)
		if s.Line > 0 {
			at += fmt.Sprintf(" (line %d)", s.Line)
		}
		for _, f := range []struct{ name, value string }{{"name", s.Name}, {"kind", s.Kind}, {"schedule", s.Schedule}} {
			if f.value == "" {
				errs = append(errs, fmt.Errorf("%s.%s: is missing", at, f.name))
			}
		}
		if first, twice := names[s.Name]; twice && s.Name != "" {
			errs = append(errs, fmt.Errorf("%s.name: %q is the name of sources[%d] too", at, s.Name, first))
		}
		names[s.Name] = i
		for _, f := range []struct {
			name  string
			value Duration
		}{{"timeout", s.Timeout}, {"jitter", s.Jitter}} {
			if f.value < 0 {
				errs = append(errs, fmt.Errorf("%s.%s: want a positive duration, got %s", at, f.name, time.Duration(f.value)))
			}
		}
	}
	if c.Inbox.Folder == "" {
		return errs
	}
	if d := time.Duration(c.Inbox.Every); d < time.Second || d > 24*time.Hour {
		errs = append(errs, fmt.Errorf("inbox.every: want 1s to 24h, got %s", d))
	}
	if d := time.Duration(c.Inbox.Settle); d < time.Second || d > time.Hour {
		errs = append(errs, fmt.Errorf("inbox.settle: want 1s to 1h, got %s", d))
	}
	if c.Inbox.MaxMiB < 1 || c.Inbox.MaxMiB > 8192 {
		errs = append(errs, fmt.Errorf("inbox.max_mib: want 1 to 8192, got %d", c.Inbox.MaxMiB))
	}
	return errs
}
