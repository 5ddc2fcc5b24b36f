package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"html/template"
	"net/url"

	"chiso/charts"
	"chiso/charts/render"
	"chiso/reform/words"
)

// maxSourceLinks is how many sources stand under a chart; its table has them all.
const maxSourceLinks = 6

// figureView is a chart block of a page: the picture, its numbers, where they
// come from, and the ways to take it along.
type figureView struct {
	ID, Title, Subtitle string
	SVG                 template.HTML // of charts/render alone, which lets no text through as markup
	Option              json.RawMessage
	JSON                string // where the script gets the option for another width or theme
	Theme               string
	Map                 string // the script with the picture's map; "" none
	Width, Height       int
	KeyHint             string
	NoDraw              string // said where the picture could not be drawn; the table stands below
	Notes               []string
	SourceWord          string
	NoSource            string
	Sources             []Link
	MoreSources         string
	Menu                figureMenu
	TableWord           string
	TableOpen           bool
	Table               tableView
}

// tableView is a plain table.
type tableView struct {
	Caption string
	Columns []columnView
	Rows    [][]cellView
}

type columnView struct {
	Label   string
	Numeric bool
}

type cellView struct {
	Text, Href string
	Numeric    bool
}

// figure makes the block of a picture. id tells the charts of a page apart; q
// are the parameters under which /figures/ draws the same picture.
func (s *Server) figure(ctx context.Context, p prefs, id string, pic *charts.Picture, q url.Values) (*figureView, error) {
	st := p.style()
	v := &figureView{
		ID: id, Title: pic.Title, Subtitle: pic.Subtitle, Theme: string(st.Theme),
		Width: pic.Width, Height: pic.Height, Notes: pic.Notes,
		KeyHint:    words.T(p.Lang, "figure.hint"),
		SourceWord: words.T(p.Lang, "figure.source"), NoSource: words.T(p.Lang, "figure.nosource"),
		TableWord: words.T(p.Lang, "figure.table"),
		Table:     tableOf(pic.Title, pic.Table),
	}
	svg, err := s.svg(ctx, pic, p.Lang)
	if err == nil {
		svg, err = render.Inline(svg, render.InlineOptions{Prefix: id, Label: pic.Title, Desc: pic.Alt})
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		// The numbers matter more than the drawing: the table stays, opened.
		s.log.ErrorContext(ctx, "picture not drawn", "picture", pic.Name, "error", err)
		v.NoDraw, v.TableOpen = words.T(p.Lang, "figure.nodraw"), true
	} else {
		v.SVG, v.Option = template.HTML(svg), pic.Option
		if v.Map, err = s.mapURL(pic); err != nil {
			return nil, err
		}
	}
	for i, src := range pic.Sources {
		if i == maxSourceLinks {
			v.MoreSources = words.T(p.Lang, "figure.more", "n", len(pic.Sources)-i)
			break
		}
		v.Sources = append(v.Sources, Link{Href: documentHref(src.Document), Text: src.Label})
	}
	v.JSON = figureHref(pic.Name, "json", q, p.Lang)
	v.Menu, err = s.figureMenu(ctx, p, id, pic, q)
	return v, err
}

func cloneValues(q url.Values) url.Values {
	out := url.Values{}
	for k, v := range q {
		out[k] = append([]string(nil), v...)
	}
	return out
}

func figureHref(picture, ext string, q url.Values, lang string) string {
	all := cloneValues(q)
	if lang != "vi" {
		all.Set("lang", lang)
	}
	return fmt.Sprintf("/figures/%s.%s?%s", picture, ext, all.Encode())
}

// tableOf turns a picture's numbers into a table of the page; a number behind
// which a document stands leads to it.
func tableOf(caption string, t charts.Table) tableView {
	v := tableView{Caption: caption}
	for _, c := range t.Columns {
		v.Columns = append(v.Columns, columnView{c.Label, c.Numeric})
	}
	for _, row := range t.Rows {
		cells := make([]cellView, len(row))
		for i, cell := range row {
			cells[i] = cellView{Text: cell.Text, Href: cell.Href, Numeric: i < len(t.Columns) && t.Columns[i].Numeric}
			if cells[i].Href == "" {
				cells[i].Href = documentHref(cell.Document)
			}
			if cell.Text == "" {
				cells[i].Text, cells[i].Href = missing, ""
			}
		}
		v.Rows = append(v.Rows, cells)
	}
	return v
}
