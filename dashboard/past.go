package dashboard

import (
	"bytes"
	"html"
	"net/url"
	"regexp"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

// past says on the page that it shows an earlier state, and leads to the same page as it is now.
func (s *Server) past(c *fiber.Ctx, b *Base, view reform.View) {
	if view.AsOf.IsZero() && view.Rev == 0 {
		return
	}
	if !view.AsOf.IsZero() {
		b.Past = b.T("past.asof", "time", clockTime(view.AsOf))
	}
	if view.Rev != 0 {
		if b.Past != "" {
			b.Past += " "
		}
		b.Past += b.T("past.rev", "rev", view.Rev)
	}
	q, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		q = url.Values{}
	}
	b.carried = url.Values{}
	for _, name := range []string{"as_of", "rev"} {
		if v := q.Get(name); v != "" {
			b.carried.Set(name, v)
		}
		q.Del(name)
	}
	b.NowHref = (&url.URL{Path: c.Path(), RawQuery: q.Encode()}).String()
}

// pastView are the parameters of the earlier state that the page shows; none where it shows now.
func (b Base) pastView() url.Values { return b.carried }

var (
	// viewLink is a link of the main part to a page that can show an earlier state; of the review, the
	// list alone can. The templates write every attribute in double quotes, and text holds no bare quote.
	viewLink = regexp.MustCompile(`<a ([^<>]*?)href="(/(?:(?:rankings|units|compare|indices|analysis|facts|conflicts|goals|owners|annotations|own|live|figures|data|problems|revisions)(?:[/?#][^"]*)?|review(?:[?#][^"]*)?|\?[^"]*)?)"`)
	// viewForm is a form that asks such a page.
	viewForm = regexp.MustCompile(`<form [^<>]*method="get" action="/(?:rankings/[^"]*|units/[^"]*|owners/[^"]*|goals|annotations|compare|live|revisions|)">`)
)

// carryView lets the links and forms of a page of an earlier state lead on within that state:
// a reader who goes from a table of last October to a unit must not see today's numbers beside it.
// It is done in the finished page, so that no link can be forgotten.
func carryView(page []byte, view url.Values) []byte {
	i := bytes.Index(page, []byte("<main"))
	j := bytes.LastIndex(page, []byte("</main>"))
	if i < 0 || j < i {
		return page
	}
	body := viewLink.ReplaceAllFunc(page[i:j], func(m []byte) []byte {
		p := viewLink.FindSubmatch(m)
		u, err := url.Parse(html.UnescapeString(string(p[2])))
		if err != nil {
			return m
		}
		q := u.Query()
		for name := range view {
			if q.Get(name) == "" {
				q.Set(name, view.Get(name))
			}
		}
		u.RawQuery = q.Encode()
		return []byte(`<a ` + string(p[1]) + `href="` + html.EscapeString(u.String()) + `"`)
	})
	var hidden string
	for _, name := range []string{"as_of", "rev"} {
		if v := view.Get(name); v != "" {
			hidden += `<input type="hidden" name="` + name + `" value="` + html.EscapeString(v) + `">`
		}
	}
	body = viewForm.ReplaceAllFunc(body, func(m []byte) []byte { return append(bytes.Clone(m), hidden...) })
	out := make([]byte, 0, len(page)+len(body))
	return append(append(append(out, page[:i]...), body...), page[j:]...)
}
