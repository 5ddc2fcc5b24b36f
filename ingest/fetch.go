package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"chiso/reform"
)

// userAgent tells a site's keeper who asks, and that it is a program.
const userAgent = "chiso (reads published index documents, one request at a time)"

const (
	fetchTimeout  = 15 * time.Minute // of a whole document on a slow line
	headerTimeout = 60 * time.Second // of the first answer; statistical sites are slow
	maxRedirects  = 5
)

// defaultClient fetches documents. It asks for no compression of its own: the
// archive keeps what the site has published.
var defaultClient = &http.Client{
	Timeout: fetchTimeout,
	Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 20 * time.Second}).DialContext,
		TLSHandshakeTimeout:   20 * time.Second,
		ResponseHeaderTimeout: headerTimeout,
		DisableCompression:    true,
		MaxIdleConnsPerHost:   1,
	},
	CheckRedirect: func(req *http.Request, via []*http.Request) error {
		if len(via) >= maxRedirects {
			return fmt.Errorf("more than %d redirects", maxRedirects)
		}
		return checkScheme(req.URL)
	},
}

// download is an answer that is being read.
type download struct {
	io.ReadCloser
	Name string // file name, for people and for the parser's hint about the year
	MIME string
	Size int64 // as announced; -1 unknown
}

// fetch asks for address. The caller bounds what it reads.
func fetch(ctx context.Context, client *http.Client, address string) (*download, error) {
	if client == nil {
		client = defaultClient
	}
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w: %w", address, err, reform.ErrInvalid)
	}
	if err := checkScheme(u); err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w: %w", address, err, reform.ErrInvalid)
	}
	req.Header.Set("User-Agent", userAgent)
	resp, err := client.Do(req)
	if err != nil {
		var ne net.Error
		if errors.As(err, &ne) && ne.Timeout() {
			return nil, fmt.Errorf("%s did not answer in time; try again later: %w: %w", u.Host, err, reform.ErrTimeout)
		}
		return nil, fmt.Errorf("%s can't be reached: %w: %w", u.Host, err, reform.ErrUnavailable)
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		kind := reform.ErrUnavailable
		switch resp.StatusCode {
		case http.StatusNotFound, http.StatusGone:
			kind = reform.ErrNotFound
		case http.StatusUnauthorized, http.StatusForbidden:
			kind = reform.ErrDenied
		}
		return nil, fmt.Errorf("%s answered %q instead of the document: %w", u.Redacted(), resp.Status, kind)
	}
	return &download{ReadCloser: resp.Body, Name: downloadName(resp), MIME: resp.Header.Get("Content-Type"), Size: resp.ContentLength}, nil
}

func checkScheme(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("address %q: only http and https addresses are fetched: %w", u.Redacted(), reform.ErrInvalid)
	}
	return nil
}

// downloadName is the name that the site gives the file, else the last part of its address.
func downloadName(resp *http.Response) string {
	if _, params, err := mime.ParseMediaType(resp.Header.Get("Content-Disposition")); err == nil {
		// A name from outside: no folder in it is taken over.
		if name := path.Base(strings.ReplaceAll(params["filename"], `\`, "/")); name != "." && name != "/" {
			return name
		}
	}
	if resp.Request != nil && resp.Request.URL != nil {
		if name := path.Base(resp.Request.URL.Path); name != "." && name != "/" {
			return name
		}
		return resp.Request.URL.Host
	}
	return "document"
}

// IsURL reports whether an argument of a command is an address and not a path.
func IsURL(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}
