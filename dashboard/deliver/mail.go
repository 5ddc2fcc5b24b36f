package deliver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"chiso/reform/words"
)

// mail hands the report of a day to the mail server: subject and words are the summary, the file is attached.
func (c *Courier) mail(ctx context.Context, readers []string, out *Parcel, day string) error {
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
	if id := c.messageID(out, day); id != "" {
		m.SetMessageIDWithValue(id)
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

// messageID names a report's mail of a day: where the server's answer was lost and the mail is sent again, the reader's
// program knows that both are one. It is "" where the sender has no address.
func (c *Courier) messageID(out *Parcel, day string) string {
	from, err := netmail.ParseAddress(c.SMTP.From)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %s %x", out.Report, day, sha256.Sum256(out.Body)))
	// The sender's domain, else it would be the name of this machine. A name before the address may hold a sign like that.
	return hex.EncodeToString(sum[:16]) + from.Address[strings.LastIndex(from.Address, "@"):]
}

// words is what the numbers say, for who reads no attachment.
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
