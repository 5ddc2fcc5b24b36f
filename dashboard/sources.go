package dashboard

import (
	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

const documentsPerPage = 100

type sourcesView struct {
	Base
	Documents  []documentRow
	Prev, Next string
}

type documentRow struct {
	Href, Citation, Source, Kind, Date, Retrieved string
	Held                                          bool
}

// sources lists the documents that numbers come from, newest first.
func (s *Server) sources(c *fiber.Ctx) error {
	offset, err := s.offset(c)
	if err != nil {
		return err
	}
	docs, err := s.opt.Reader.Documents(c.UserContext(), "", documentsPerPage, offset, reform.View{})
	if err != nil {
		return err
	}
	v := sourcesView{Base: s.base(c, "sources")}
	v.Title = v.T("nav.sources")
	for _, d := range docs {
		row := documentRow{Href: documentHref(d.ID), Citation: reform.Cite(d, v.Lang), Source: d.Source, Kind: d.Kind, Held: d.Held, Retrieved: v.Day(local(d.RetrievedAt))}
		if d.Date != "" {
			row.Date = isoDay(d.Date, v.Lang)
		}
		v.Documents = append(v.Documents, row)
	}
	v.Prev, v.Next = plainPager("/sources", offset, len(docs), documentsPerPage)
	return s.render(c, "sources", v)
}
