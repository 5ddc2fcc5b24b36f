package config

import (
	"fmt"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// Export is a report that is written when its time has come, and sent to where people look: a
// folder, a webhook, mail, or several of them.
type Export struct {
	Name     string   `yaml:"name"`
	Schedule string   `yaml:"schedule"`
	Report   string   `yaml:"report"` // a recipe, or the path of a YAML file
	Unit     string   `yaml:"unit"`   // keys with commas between them; "" that of the file, else the home unit
	Index    string   `yaml:"index"`
	Period   string   `yaml:"period"` // "" the newest
	Format   string   `yaml:"format"` // pptx (default), pdf, xlsx
	Lang     string   `yaml:"lang"`
	Theme    string   `yaml:"theme"`
	Ratio    string   `yaml:"ratio"`
	Enabled  bool     `yaml:"enabled"`  // default true
	CatchUp  bool     `yaml:"catch_up"` // default true
	Timeout  Duration `yaml:"timeout"`  // of one attempt; default 15m

	Folder           string   `yaml:"folder"`
	Webhook          string   `yaml:"webhook"`            // address that a POST is sent to
	WebhookTokenFile string   `yaml:"webhook_token_file"` // "Authorization: Bearer ..." is sent with it
	Mail             []string `yaml:"mail"`               // who gets it

	// Line is where it stands in the file, for messages.
	Line int `yaml:"-"`
}

// UnmarshalYAML fills in the defaults and remembers the line.
func (e *Export) UnmarshalYAML(node ast.Node) error {
	type plain Export // without this method
	p := plain{Enabled: true, CatchUp: true, Format: "pptx"}
	if err := yaml.NodeToValue(node, &p, yaml.Strict()); err != nil {
		return err
	}
	*e = Export(p)
	e.Line = firstLine(node)
	return nil
}

// SMTP is the server that mail is handed to.
type SMTP struct {
	Host string `yaml:"host"`
	Port int    `yaml:"port"` // 0: 587, with tls: tls 465
	From string `yaml:"from"`
	User string `yaml:"user"`
	// PasswordFile is a path, so that no secret stands in the configuration.
	PasswordFile string `yaml:"password_file"`
	// TLS is starttls (default), tls, or none, which only a server of this machine may have.
	TLS string `yaml:"tls"`
}

var exportName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,63}$`)

// checkExports reports what is wrong whatever the reports are.
func (c Config) checkExports() []error {
	var errs []error
	names := map[string]bool{}
	for _, s := range c.Sources {
		names[s.Name] = true
	}
	mails := false
	for i, e := range c.Exports {
		at := fmt.Sprintf("exports[%d]", i)
		if e.Line > 0 {
			at += fmt.Sprintf(" (line %d)", e.Line)
		}
		bad := func(field, format string, a ...any) {
			errs = append(errs, fmt.Errorf("%s.%s: %s", at, field, fmt.Sprintf(format, a...)))
		}
		if !exportName.MatchString(e.Name) {
			bad("name", "want small letters, digits, '.', '_' and '-', up to 64, got %q", e.Name)
		}
		if names[e.Name] {
			bad("name", "%q is the name of another export or source", e.Name)
		}
		names[e.Name] = true
		for _, f := range []struct{ name, value string }{{"schedule", e.Schedule}, {"report", e.Report}} {
			if f.value == "" {
				bad(f.name, "is missing")
			}
		}
		for _, f := range []struct {
			name, value string
			of          []string
		}{{"format", e.Format, []string{"pptx", "pdf", "xlsx"}}, {"lang", e.Lang, []string{"", "vi", "en"}}, {"theme", e.Theme, []string{"", "light", "dark", "mono"}}, {"ratio", e.Ratio, []string{"", "16:9", "4:3", "a4"}}} {
			if !slices.Contains(f.of, f.value) {
				bad(f.name, "want %s, got %q", strings.TrimPrefix(strings.Join(f.of, ", "), ", "), f.value)
			}
		}
		if e.Timeout < 0 {
			bad("timeout", "want a positive duration, got %s", time.Duration(e.Timeout))
		}
		if e.Folder == "" && e.Webhook == "" && len(e.Mail) == 0 {
			bad("folder", "name a folder, a webhook or mail: the report has to go somewhere")
		}
		if e.Webhook != "" {
			if u, err := url.Parse(e.Webhook); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
				bad("webhook", "want an http or https address without a password") // the error itself might print one
			} else if u.Scheme == "http" && e.WebhookTokenFile != "" && !Loopback(u.Hostname()) {
				bad("webhook", "want https: the token would cross the network in the clear")
			}
		}
		for _, m := range e.Mail {
			if a, err := mail.ParseAddress(m); err != nil || a.Address == "" {
				bad("mail", "%q is no address", m)
			}
		}
		mails = mails || len(e.Mail) > 0
	}
	return append(errs, c.SMTP.check(mails)...)
}

func (s SMTP) check(needed bool) []error {
	var errs []error
	bad := func(field, format string, a ...any) {
		errs = append(errs, fmt.Errorf("smtp.%s: %s", field, fmt.Sprintf(format, a...)))
	}
	if s.Host == "" {
		if needed {
			bad("host", "is missing, and an export goes by mail")
		}
		return errs
	}
	if _, err := mail.ParseAddress(s.From); err != nil {
		bad("from", "want an address such as chiso@example.vn, got %q", s.From)
	}
	if s.Port < 0 || s.Port > 65535 {
		bad("port", "want 1 to 65535, got %d", s.Port)
	}
	if !slices.Contains([]string{"", "starttls", "tls", "none"}, s.TLS) {
		bad("tls", "want starttls, tls or none, got %q", s.TLS)
	}
	if s.TLS == "none" && !Loopback(s.Host) {
		bad("tls", "none is for a server of this machine only: report and password would go through the net in the clear")
	}
	if (s.User == "") != (s.PasswordFile == "") {
		bad("user", "user and password_file belong together")
	}
	return errs
}
