package deliver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"

	"chiso/reform/words"
)

// mail hands the report to the mail server: subject and words are the summary, the file is attached.
func (c *Courier) mail(ctx context.Context, readers []string, out *Parcel) error {
	password, err := c.SMTP.Password()
	if err != nil {
		return fmt.Errorf("%w: %w", err, errLasting)
	}
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	err = errors.Join(m.From(c.SMTP.From), m.To(readers...), m.AttachReader(out.Name, bytes.NewReader(out.Body), gomail.WithFileContentType(gomail.ContentType(out.Type))))
	if err != nil {
		return fmt.Errorf("%w: %w", err, errLasting)
	}
	m.Subject(strings.Join(strings.Fields(out.Title), " "))
	if _, domain, ok := strings.Cut(c.SMTP.From, "@"); ok { // else it would be the name of this machine
		m.SetMessageIDWithValue(uuid.NewString() + "@" + strings.Trim(domain, "> "))
	}
	m.SetBodyString(gomail.TypeTextPlain, c.words(out))
	port := c.SMTP.Port
	options := []gomail.Option{gomail.WithTimeout(c.Single)}
	switch c.SMTP.TLS {
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
	if c.SMTP.User != "" {
		auth := gomail.SMTPAuthAutoDiscover
		if c.SMTP.TLS == "none" {
			auth = gomail.SMTPAuthPlainNoEnc // a server of this machine
		}
		options = append(options, gomail.WithSMTPAuth(auth), gomail.WithUsername(c.SMTP.User), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(c.SMTP.Host, options...)
	if err != nil {
		return fmt.Errorf("%w: %w", err, errLasting)
	}
	err = client.DialAndSendWithContext(ctx, m)
	var refused *gomail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
		return fmt.Errorf("%w: %w", err, errLasting)
	}
	return err
}

// mailWords is what the numbers say, for who reads no attachment.
func (c *Courier) words(out *Parcel) string {
	var b strings.Builder
	b.WriteString(out.Title + "\n\n")
	for _, s := range out.Summary {
		b.WriteString("- " + s + "\n")
	}
	if len(out.Left) > 0 {
		b.WriteString("\n" + words.T(out.Lang, "deliver.left", "list", strings.Join(out.Left, "; ")) + "\n")
	}
	fmt.Fprintf(&b, "\n%s\nchiso %s, rev %d\n", words.T(out.Lang, "deliver.attached", "file", out.Name), c.Version, out.Rev)
	return b.String()
}
