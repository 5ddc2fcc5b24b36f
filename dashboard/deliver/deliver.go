// Package deliver hands a finished report to where it is wanted: a folder, a web address or
// readers of mail. It knows nothing of what is in the report or of when it is due.
package deliver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"chiso/reform"
)

// Parcel is a report on its way out, with what it says in words.
type Parcel struct {
	Report  string // name of the report in the configuration
	Name    string // of the file
	Title   string
	Lang    string
	Rev     uint64
	Summary []string
	Left    []string // what is not in it for want of data
	Body    []byte
	Type    string
}

// To is where a parcel goes; what is empty is left out.
type To struct {
	Folder  string
	Webhook string                 // address that a POST is sent to
	Token   func() (string, error) // of the web address; read anew for each parcel
	Mail    []string
}

// Names says where parcels go, without the addresses: readers of the pages see it.
func (to To) Names() string {
	var names []string
	for _, t := range []struct {
		is   bool
		name string
	}{{to.Folder != "", "folder"}, {to.Webhook != "", "webhook"}, {len(to.Mail) > 0, "mail"}} {
		if t.is {
			names = append(names, t.name)
		}
	}
	return strings.Join(names, ", ")
}

// SMTP is the server that takes mail.
type SMTP struct {
	Host     string
	Port     int // 0: 587, with TLS "tls" 465
	From     string
	User     string
	Password func() (string, error)
	TLS      string // starttls (also ""), tls, or none
}

// Courier delivers parcels.
type Courier struct {
	SMTP     SMTP
	Version  string // of the program, which signs
	Location *time.Location
	Log      *slog.Logger
	Now      func() time.Time
	Waits    []time.Duration // between attempts; as many more attempts as there are waits
	Single   time.Duration   // how long one attempt to send may take
}

// Send delivers a parcel everywhere and says where it came. A target that fails does not keep the others from it.
func (c *Courier) Send(ctx context.Context, p *Parcel, to To) (done []string, err error) {
	var errs []error
	try := func(where string, send func() (string, error)) {
		said, err := send()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", where, err))
			c.Log.WarnContext(ctx, "a report could not be sent", "report", p.Report, "to", where, "error", err)
			return
		}
		done = append(done, said)
		c.Log.InfoContext(ctx, "report sent", "report", p.Report, "to", said, "size", len(p.Body))
	}
	if to.Folder != "" {
		try("folder", func() (string, error) {
			name, err := c.keepFile(to.Folder, p)
			return filepath.Base(name), err
		})
	}
	if to.Webhook != "" {
		try("webhook", func() (string, error) {
			return "webhook", c.again(ctx, func(ctx context.Context) error { return c.post(ctx, to, p) })
		})
	}
	if len(to.Mail) > 0 {
		day := c.Now().In(c.Location).Format(time.DateOnly) // of the first attempt: the mail keeps its name over midnight
		try("mail", func() (string, error) {
			return fmt.Sprintf("mail (%d)", len(to.Mail)), c.again(ctx, func(ctx context.Context) error { return c.mail(ctx, to.Mail, p, day) })
		})
	}
	if len(errs) > 0 && len(done) > 0 {
		errs = append(errs, fmt.Errorf("sent to %s", strings.Join(done, "; ")))
	}
	return done, errors.Join(errs...)
}

// errLasting marks what another attempt would not mend.
var errLasting = errors.New("not tried again")

// again tries to send, a bounded number of times.
func (c *Courier) again(ctx context.Context, send func(context.Context) error) error {
	var err error
	for i := 0; ; i++ {
		one, cancel := context.WithTimeout(ctx, c.Single)
		err = send(one)
		cancel()
		if err == nil || errors.Is(err, errLasting) || i == len(c.Waits) || ctx.Err() != nil {
			break
		}
		t := time.NewTimer(c.Waits[i])
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
func (c *Courier) keepFile(folder string, out *Parcel) (string, error) {
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
	base := strings.TrimSuffix(out.Name, ext) + "-" + c.Now().In(c.Location).Format(time.DateOnly)
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
