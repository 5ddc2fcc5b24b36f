package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/charts/workbook"
	"chiso/reform"
	"chiso/reform/words"
)

// PictureFile draws a picture as a file: what /figures/{picture}.{format} answers, for a program.
func (s *Server) PictureFile(ctx context.Context, picture, format string, q url.Values) (*File, error) {
	kind, ok := pictureNamed(picture)
	if !ok {
		return nil, noPicture(picture)
	}
	f, ok := formatNamed(format)
	if !ok {
		return nil, fmt.Errorf("no format %q; there are %s: %w", clip(format, 10), listed(formatNames()), reform.ErrNotFound)
	}
	q, err := s.pinned(ctx, q)
	if err != nil {
		return nil, err
	}
	d, err := s.drawFile(ctx, kind, f, q, s.opt.BaseURL)
	if err != nil {
		return nil, err
	}
	return &File{Name: d.name + "." + f.Name, ContentType: f.ContentType, Bytes: d.body}, nil
}

// unitWorkbook answers /export/unit.xlsx: everything that is known of a unit, a sheet for the
// history of each index and one for the components of its newest edition.
func (s *Server) unitWorkbook(c *fiber.Ctx) error {
	q, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return err
	}
	p := s.params(q)
	unit, lang := p.oneUnit(), p.oneOf("lang", "vi", "en")
	p.view()
	if err := p.done(); err != nil {
		return err
	}
	ctx := c.UserContext()
	if q, err = s.pinned(ctx, q); err != nil {
		return err
	}
	sheets, err := s.unitSheets(ctx, unit, lang, q, s.origin(c))
	if err != nil {
		return err
	}
	name := s.unitName(unit, lang)
	if len(sheets) == 0 {
		return fmt.Errorf("nothing is known of %s yet; load some at /load: %w", name, reform.ErrNotFound)
	}
	body, err := workbook.Write(words.T(lang, "workbook.unit", "unit", name), sheets)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	c.Set(fiber.HeaderETag, `"`+hex.EncodeToString(sum[:12])+`"`)
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderContentType, xlsxType)
	c.Set(fiber.HeaderContentDisposition, disposition("attachment", namePart(s.unitPart(string(unit)))+".xlsx"))
	return c.Send(body)
}

// unitSheets asks the pictures of a unit: its history in every index, by the kinds of period in
// which there is one, and the components of the newest period that has some.
func (s *Server) unitSheets(ctx context.Context, unit reform.UnitKey, lang string, q url.Values, origin string) ([]workbook.Sheet, error) {
	var out []workbook.Sheet
	take := func(picture, name string, pairs ...string) (*charts.Picture, error) {
		kind, ok := pictureNamed(picture)
		if !ok {
			return nil, noPicture(picture)
		}
		own := values(append(pairs, "unit", string(unit), "lang", lang, "rev", q.Get("rev"), "as_of", q.Get("as_of"))...)
		r, err := s.figureRequest(ctx, kind, own, origin)
		if errors.Is(err, reform.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		out = append(out, workbook.Sheet{Name: name, Picture: r.picture, From: r.from})
		return r.picture, nil
	}
	for _, ix := range s.opt.Catalog.Indices() {
		short := ix.Short.In(lang)
		for _, kind := range []reform.PeriodKind{reform.Year, reform.Half, reform.Quarter, reform.Month} {
			name := short
			if kind != reform.Year {
				name += " " + words.T(lang, "workbook.kind."+string(kind))
			}
			pic, err := take("rank-history", name, "index", ix.Code, "period_kind", kindValue(kind))
			if err != nil {
				return nil, err
			}
			if pic == nil {
				continue
			}
			for _, period := range periodsOf(pic) {
				parts, err := take("subscores", short+" "+namePart(period), "index", ix.Code, "period", period)
				if err != nil {
					return nil, err
				}
				if parts != nil {
					break
				}
			}
		}
	}
	return out, nil
}

// periodsOf are the periods of a picture's table, newest first.
func periodsOf(pic *charts.Picture) []string {
	i := slices.IndexFunc(pic.Table.Columns, func(c charts.Column) bool { return c.Key == "period" })
	if i < 0 {
		return nil
	}
	var out []string
	for _, row := range slices.Backward(pic.Table.Rows) {
		if v := row[i].Value; v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}
