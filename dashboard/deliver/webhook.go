package deliver

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
)

// webhookSummary is what a webhook is told beside the file.
type webhookSummary struct {
	Export  string   `json:"export"`
	Title   string   `json:"title"`
	Lang    string   `json:"lang"`
	Rev     uint64   `json:"rev"`
	File    string   `json:"file"`
	Size    int      `json:"size"`
	SHA256  string   `json:"sha256"`
	Summary []string `json:"summary"`
	LeftOut []string `json:"left_out"`
}

// post sends the file to the configured address and to no other: a redirect is a failure.
func (c *Courier) post(ctx context.Context, to To, out *Parcel) error {
	token, err := to.Token()
	if err != nil {
		return fmt.Errorf("%w: %w", err, errLasting)
	}
	sum := sha256.Sum256(out.Body)
	s := webhookSummary{Export: out.Report, Title: out.Title, Lang: out.Lang, Rev: out.Rev, File: out.Name, Size: len(out.Body), SHA256: hex.EncodeToString(sum[:]), Summary: out.Summary, LeftOut: out.Left}
	if s.Summary == nil {
		s.Summary = []string{}
	}
	if s.LeftOut == nil {
		s.LeftOut = []string{}
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part := func(name, file, kind string, content []byte) error {
		h := textproto.MIMEHeader{"Content-Type": {kind}, "Content-Disposition": {`form-data; name="` + name + `"`}}
		if file != "" {
			h.Set("Content-Disposition", h.Get("Content-Disposition")+`; filename="`+file+`"`)
		}
		p, err := w.CreatePart(h)
		if err == nil {
			_, err = p.Write(content)
		}
		return err
	}
	words, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := errors.Join(part("summary", "", "application/json", words), part("file", out.Name, out.Type, out.Body), w.Close()); err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.Webhook, &body)
	if err != nil {
		return errors.New("webhook: the address can't be used")
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Idempotency-Key", out.Report+"-"+s.SHA256[:32])
	req.Header.Set("User-Agent", "chiso/"+c.Version)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		var u interface{ Unwrap() error } // an url.Error would print the address, which may hold a key
		if errors.As(err, &u) && u.Unwrap() != nil {
			err = u.Unwrap()
		}
		return fmt.Errorf("no answer: %w", err)
	}
	defer res.Body.Close()                                //nolint:errcheck // read only
	io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) //nolint:errcheck // what it says is not kept
	switch {
	case res.StatusCode >= 200 && res.StatusCode < 300:
		return nil
	case res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusRequestTimeout:
		return fmt.Errorf("it answered %d", res.StatusCode)
	}
	return fmt.Errorf("it answered %d: %w", res.StatusCode, errLasting)
}
