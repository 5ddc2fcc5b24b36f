package dashboard

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/url"
	"os"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

// readForm reads a small form. Bodies are streamed, so the bound is set here.
func readForm(c *fiber.Ctx) (url.Values, error) {
	kind, params, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	body := io.LimitReader(bodyReader(c), smallBody+1)
	switch kind {
	case fiber.MIMEApplicationForm:
		b, err := io.ReadAll(body)
		if err != nil {
			return nil, fmt.Errorf("the form broke off: %w", reform.ErrInvalid)
		}
		if len(b) > smallBody {
			return nil, fmt.Errorf("the form has more than %d bytes: %w", smallBody, reform.ErrTooLarge)
		}
		v, err := url.ParseQuery(string(b))
		if err != nil {
			return nil, fmt.Errorf("the form can't be read: %w", reform.ErrInvalid)
		}
		return v, nil
	case fiber.MIMEMultipartForm:
		f, err := multipart.NewReader(body, params["boundary"]).ReadForm(smallBody)
		if err != nil {
			return nil, fmt.Errorf("the form can't be read: %w", reform.ErrInvalid)
		}
		defer f.RemoveAll() //nolint:errcheck // temporary files of a small form: there are none
		return f.Value, nil
	}
	return nil, fmt.Errorf("want a form, got content type %q: %w", clip(kind, 60), reform.ErrInvalid)
}

func bodyReader(c *fiber.Ctx) io.Reader {
	if r := c.Context().RequestBodyStream(); r != nil {
		return r
	}
	return io.MultiReader() // no body
}

// uploadForm is what the upload form holds: fields, and the file's bytes on disk.
type uploadForm struct {
	fields map[string]string
	name   string
	path   string
	size   int64
}

// bytes takes the file into memory and away from the disk; nil where none was chosen.
func (u *uploadForm) bytes() ([]byte, error) {
	if u.path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(u.path)
	return b, errors.Join(err, os.Remove(u.path))
}

// readUpload streams a multipart form: fields of a kB, and one file of at most
// max bytes into dir, once check has accepted the form's token. The caller owns the file at path.
func readUpload(c *fiber.Ctx, dir string, max int64, check func(token string) error) (u *uploadForm, err error) {
	kind, params, _ := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	if kind != fiber.MIMEMultipartForm {
		return nil, fmt.Errorf("want a form with a file (multipart/form-data): %w", reform.ErrInvalid)
	}
	if n := int64(c.Request().Header.ContentLength()); n > max+smallBody {
		return nil, tooLarge(max)
	}
	u = &uploadForm{fields: map[string]string{}}
	defer func() {
		if err != nil && u.path != "" {
			err = errors.Join(err, os.Remove(u.path))
		}
	}()
	r := multipart.NewReader(io.LimitReader(bodyReader(c), max+smallBody), params["boundary"])
	for parts := 0; ; parts++ {
		p, err := r.NextPart()
		if err == io.EOF {
			// A form without a file has shown no token yet.
			return u, check(u.fields[csrfField])
		}
		if err != nil || parts > 20 {
			return u, fmt.Errorf("the upload broke off or is no form: %w", reform.ErrInvalid)
		}
		if p.FileName() == "" {
			b, err := io.ReadAll(io.LimitReader(p, 1024))
			if err != nil {
				return u, fmt.Errorf("the upload broke off: %w", reform.ErrInvalid)
			}
			u.fields[p.FormName()] = string(b)
			continue
		}
		if u.path != "" {
			return u, fmt.Errorf("one file at a time, please: %w", reform.ErrInvalid)
		}
		if err := check(u.fields[csrfField]); err != nil {
			return u, err
		}
		if err := u.save(p, dir, max); err != nil {
			return u, err
		}
	}
}

func tooLarge(max int64) error {
	return fmt.Errorf("the file has more than %d MiB: %w", max>>20, reform.ErrTooLarge)
}

func (u *uploadForm) save(p *multipart.Part, dir string, max int64) (err error) {
	f, err := os.CreateTemp(dir, "upload-*") // readable by the owner alone
	if err != nil {
		return fmt.Errorf("keep the upload: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	u.path, u.name = f.Name(), p.FileName() // FileName is the base name already
	u.size, err = io.Copy(f, io.LimitReader(p, max+1))
	if err != nil {
		return fmt.Errorf("the upload broke off: %w", reform.ErrInvalid)
	}
	if u.size > max {
		return tooLarge(max)
	}
	return nil
}
