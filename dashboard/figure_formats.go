package dashboard

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"chiso/charts"
	"chiso/charts/deck"
)

// figureFormat is a kind of file that a picture leaves as. The handler, the words of
// its errors, the menu of a chart and the description of the API all read the one list below.
type figureFormat struct {
	Name        string // the end of the address: "svg"
	Label       string // in the menu: "SVG"
	ContentType string
	Disposition string // "inline", or "attachment" for what a browser can't show
	Untitled    bool   // has a place of its own for the title: it isn't drawn into the picture
	Packed      bool   // compressed already: packing it again would cost time and gain nothing
	make        func(*Server, context.Context, *figureRequest) ([]byte, error)
}

// figureRequest is a picture with the wishes of the one who asks for it as a file.
type figureRequest struct {
	picture     *charts.Picture
	from        charts.Provenance
	style       charts.Style
	scale       float64
	transparent bool // no ground behind the picture
	outline     bool // text as paths, for a program without the font
	sheet       spreadsheetWishes
	ratio       deck.Ratio // of slides
	ownSize     bool       // a page as large as the picture, not A4
	// ask draws the same picture in another size; 0 takes the one that was asked for.
	ask func(width, height int) (*figureRequest, error)
}

// figureFormats are those that every picture has, in the order of the menu.
var figureFormats = []figureFormat{
	{Name: "svg", Label: "SVG", ContentType: "image/svg+xml", Disposition: "inline", make: (*Server).figureSVG},
	{Name: "png", Label: "PNG", ContentType: "image/png", Disposition: "inline", Packed: true, make: (*Server).figurePNG},
	{Name: "pdf", Label: "PDF", ContentType: "application/pdf", Disposition: "inline", Packed: true, make: (*Server).figurePDF},
	{Name: "xlsx", Label: "XLSX", ContentType: xlsxType, Disposition: "attachment", Packed: true, make: (*Server).figureXLSX},
	{
		Name: "pptx", Label: "PowerPoint", ContentType: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
		Disposition: "attachment", Untitled: true, Packed: true, make: (*Server).figurePPTX,
	},
	{Name: "csv", Label: "CSV", ContentType: "text/csv; charset=utf-8", Disposition: "attachment", make: (*Server).figureCSV},
	{Name: "json", Label: "JSON", ContentType: fiber.MIMEApplicationJSONCharsetUTF8, Disposition: "inline", make: (*Server).figureJSON},
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

func formatNamed(name string) (figureFormat, bool) {
	i := slices.IndexFunc(figureFormats, func(f figureFormat) bool { return f.Name == name })
	if i < 0 {
		return figureFormat{}, false
	}
	return figureFormats[i], true
}

func formatNames() []string {
	out := make([]string, len(figureFormats))
	for i, f := range figureFormats {
		out[i] = f.Name
	}
	return out
}

// pictureKind is a picture that /figures/ can draw, by its name.
type pictureKind struct {
	Name string
	ask  func(*Server, context.Context, *params, charts.Style) (*charts.Picture, error)
}

// pictures are all of them. A picture that stands here has its address, all formats, and a
// place in the lists that tests and the description of the API go through.
var pictures = []pictureKind{
	{"rank-history", (*Server).askHistory},
	{"live", (*Server).askLive},
	{"ranking", (*Server).askRanking},
	{"subscores", (*Server).askBars},
	{"radar", (*Server).askRadar},
	{"compare", (*Server).askCompareBars},
	{"compare-radar", (*Server).askCompareRadar},
	{"distribution", (*Server).askDistribution},
	{"heatmap", (*Server).askHeatmap},
	{"map", (*Server).askMap},
	{"histories", (*Server).askHistories},
	{"lost-points", (*Server).askLostPoints},
	{"derived", (*Server).askDerived},
}

func pictureNamed(name string) (pictureKind, bool) {
	i := slices.IndexFunc(pictures, func(k pictureKind) bool { return k.Name == name })
	if i < 0 {
		return pictureKind{}, false
	}
	return pictures[i], true
}

func pictureNames() []string {
	out := make([]string, len(pictures))
	for i, k := range pictures {
		out[i] = k.Name
	}
	return out
}

// listed is "a, b and c".
func listed(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
