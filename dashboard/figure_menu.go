package dashboard

import (
	"context"
	"net/url"
	"strconv"

	"chiso/charts"
	"chiso/reform/words"
)

// figureMenu is the menu under a chart: the files it leaves as, its link, its words. It opens
// without a script; what needs one (the clipboard) is shown by the script.
type figureMenu struct {
	Label, Files  string
	Links         []Link
	PNG           string // for the clipboard
	LinkLabel     string
	Link          string // this chart on this page in the state that is shown now, for good
	LinkIsPicture bool   // the page's address is not known: the link is the picture's
	WordsLabel    string
	Words         string // the chart as text
	Buttons       []figureButton
	Done, Failed  string
	Add, AddLabel string // puts the chart on the reader's list of slides
}

type figureButton struct{ Kind, Text string }

// figureMenu makes the menu of a picture with the parameters q.
func (s *Server) figureMenu(ctx context.Context, p prefs, id string, pic *charts.Picture, q url.Values) (figureMenu, error) {
	m := figureMenu{
		Label: words.T(p.Lang, "menu.label"), Files: words.T(p.Lang, "menu.files"), LinkLabel: words.T(p.Lang, "menu.link"), WordsLabel: words.T(p.Lang, "menu.words"),
		Done: words.T(p.Lang, "copy.done"), Failed: words.T(p.Lang, "copy.failed"), Words: pic.Alt, PNG: figureHref(pic.Name, "png", q, p.Lang),
		Add: basketAddress(pic.Name, q), AddLabel: words.T(p.Lang, "menu.add"),
	}
	for _, f := range figureFormats {
		m.Links = append(m.Links, Link{Href: figureHref(pic.Name, f.Name, q, p.Lang), Text: f.Label})
	}
	for _, kind := range []string{"link", "text", "table", "picture"} {
		m.Buttons = append(m.Buttons, figureButton{kind, words.T(p.Lang, "copy."+kind)})
	}
	rev, err := s.currentRev(ctx)
	if err != nil {
		return m, err
	}
	at, err := url.Parse(p.Page)
	if err != nil || p.Page == "" {
		pinned := cloneValues(q)
		pinRev(pinned, rev)
		m.Link, m.LinkIsPicture = figureHref(pic.Name, "svg", pinned, p.Lang), true
		return m, nil
	}
	all := at.Query()
	all.Del("theme")
	all.Del("lang")
	pinRev(all, rev)
	m.Link = (&url.URL{Path: at.Path, RawQuery: all.Encode(), Fragment: id}).String()
	return m, nil
}

// pinRev names the revision that an address shows, where it does not already.
func pinRev(q url.Values, rev uint64) {
	if rev > 0 && q.Get("rev") == "" {
		q.Set("rev", strconv.FormatUint(rev, 10))
	}
}
