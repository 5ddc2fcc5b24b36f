package dashboard

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"chiso/reform"
)

// Bounds of what one request may ask for.
const (
	maxUnits     = 70 // all of a scheme
	maxParameter = 2000
)

// params are the parameters of an address, read with errors that name them. The
// first error is kept, so that a handler checks once at the end.
type params struct {
	s    *Server
	q    url.Values
	read map[string]bool
	err  error
}

func (s *Server) params(q url.Values) *params {
	return &params{s: s, q: q, read: map[string]bool{}}
}

// queryOf reads the address's query strictly.
func queryOf(raw []byte) (url.Values, error) {
	if len(raw) > 8<<10 {
		return nil, invalid("query", "is longer than 8 kB")
	}
	q, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, invalid("query", "can't be read: %v", err)
	}
	return q, nil
}

func (p *params) fail(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *params) text(name string) string {
	p.read[name] = true
	v := p.q[name]
	if len(v) == 0 {
		return ""
	}
	if len(v) > 1 {
		p.fail(invalid(name, "stands twice"))
	}
	if len(v[0]) > maxParameter {
		p.fail(invalid(name, "is too long"))
		return ""
	}
	return strings.TrimSpace(v[0])
}

// alsoKnown marks parameters that are read elsewhere.
func (p *params) alsoKnown(names ...string) {
	for _, n := range names {
		p.read[n] = true
	}
}

// done reports the first mistake. A parameter that nobody read is one: a misspelt
// "perod" would else be answered as if it were not there.
func (p *params) done() error {
	if p.err != nil {
		return p.err
	}
	var unknown []string
	for name := range p.q {
		if !p.read[name] {
			unknown = append(unknown, name)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return invalid(clip(unknown[0], 40), "is not known here")
	}
	return nil
}

// index reads an index that must be there.
func (p *params) index() *reform.Index {
	code := p.text("index")
	if code == "" {
		p.fail(invalid("index", "is missing; /api/v1/indices lists the known ones"))
		return nil
	}
	ix, err := p.s.indexOf(code)
	if err != nil {
		p.fail(err)
		return nil
	}
	return ix
}

// units reads unit, repeated or comma-separated; each once, in the order given.
func (p *params) units(atLeast, atMost int) []reform.UnitKey {
	return p.unitsIn("unit", atLeast, atMost)
}

// unitsIn are the keys in a parameter of another name.
func (p *params) unitsIn(name string, atLeast, atMost int) []reform.UnitKey {
	p.read[name] = true
	var out []reform.UnitKey
	for _, v := range p.q[name] {
		for one := range strings.SplitSeq(v, ",") {
			one = strings.TrimSpace(one)
			if one == "" {
				continue
			}
			if len(out) >= atMost {
				p.fail(invalid(name, "names more than %d units", atMost))
				return out
			}
			k, err := reform.ParseUnitKey(one)
			if err != nil {
				p.fail(invalid(name, "%q is no key: want one such as vn63:80 or vn63:r:DBSCL", clip(one, 40)))
				return out
			}
			if _, err := p.s.opt.Catalog.UnitOrForm(k); err != nil {
				p.fail(err)
				return out
			}
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	if len(out) < atLeast {
		p.fail(invalid(name, "is missing; want a key such as vn63:80"))
	}
	return out
}

func (p *params) oneUnit() reform.UnitKey {
	u := p.units(1, 1)
	if len(u) == 0 {
		return ""
	}
	return u[0]
}

// period reads a period; an absent one is zero unless it must be there.
func (p *params) period(must bool) reform.Period {
	t := p.text("period")
	if t == "" {
		if must {
			p.fail(invalid("period", "is missing; want 2019, 2025-H1, 2025-Q3, 2025-10 or 2024-01/2024-11"))
		}
		return reform.Period{}
	}
	v, err := reform.ParsePeriod(t)
	if err != nil {
		p.fail(invalid("period", "%q is none: want 2019, 2025-H1, 2025-Q3, 2025-10 or 2024-01/2024-11", clip(t, 40)))
	}
	return v
}

// kind reads period_kind; "" is year.
func (p *params) kind() reform.PeriodKind {
	switch k := reform.PeriodKind(p.text("period_kind")); k {
	case "":
		return reform.Year
	case reform.Year, reform.Half, reform.Quarter, reform.Month, reform.Span:
		return k
	}
	p.fail(invalid("period_kind", "want year, half, quarter, month or span"))
	return reform.Year
}

// scope reads the scope of places: nation, or the key of a region or province.
func (p *params) scope() string {
	t := p.text("scope")
	if t == "" || t == reform.ScopeNation {
		return reform.ScopeNation
	}
	k, err := reform.ParseUnitKey(t)
	if err != nil {
		p.fail(invalid("scope", "want nation, a region's or a province's key"))
		return reform.ScopeNation
	}
	if _, err := p.s.opt.Catalog.Unit(k); err != nil {
		p.fail(err)
	}
	return t
}

func (p *params) scheme() reform.Scheme {
	switch sc := reform.Scheme(p.text("scheme")); sc {
	case "", reform.VN64, reform.VN63, reform.VN34:
		return sc
	}
	p.fail(invalid("scheme", "want vn64, vn63 or vn34"))
	return ""
}

func (p *params) unitType() reform.UnitType {
	switch t := reform.UnitType(p.text("type")); t {
	case "", reform.Province, reform.Region, reform.Department, reform.Commune, reform.Ministry, reform.Nation:
		return t
	}
	p.fail(invalid("type", "want province, region, department, commune, ministry or nation"))
	return ""
}

func (p *params) stage() reform.Stage {
	switch t := p.text("stage"); t {
	case "", "official":
		return reform.Official
	case string(reform.SelfAssessed):
		return reform.SelfAssessed
	}
	p.fail(invalid("stage", "want official or self"))
	return reform.Official
}

// view reads as_of and rev.
func (p *params) view() reform.View {
	var v reform.View
	if t := p.text("as_of"); t != "" {
		if at, err := time.Parse(time.RFC3339, t); err == nil {
			v.AsOf = at
		} else if at, err := time.ParseInLocation(time.DateOnly, t, hanoi); err == nil {
			v.AsOf = at.AddDate(0, 0, 1).Add(-time.Second) // the whole day counts
		} else {
			p.fail(invalid("as_of", "want a day such as 2025-10-16 or a time such as 2025-10-16T08:00:00+07:00"))
		}
	}
	if t := p.text("rev"); t != "" {
		n, err := strconv.ParseUint(t, 10, 64)
		if err != nil || n == 0 {
			p.fail(invalid("rev", "want a positive whole number"))
		}
		v.Rev = n
	}
	return v
}

// viewOf reads which state a page shows that takes nothing else.
func (s *Server) viewOf(c *fiber.Ctx) (reform.View, error) {
	raw, err := queryOf(c.Request().URI().QueryString())
	if err != nil {
		return reform.View{}, err
	}
	ps := s.params(raw)
	v := ps.view()
	return v, ps.err
}

// number reads a whole number within bounds; absent is 0.
func (p *params) number(name string, least, most int) int {
	t := p.text(name)
	if t == "" {
		return 0
	}
	n, err := strconv.Atoi(t)
	if err != nil || n < least || n > most {
		p.fail(invalid(name, "want a whole number from %d to %d", least, most))
		return 0
	}
	return n
}

// oneOf reads one of some words; absent is the first.
func (p *params) oneOf(name string, allowed ...string) string {
	t := p.text(name)
	if t == "" {
		return allowed[0]
	}
	if !slices.Contains(allowed, t) {
		p.fail(invalid(name, "want one of %s", strings.Join(allowed, ", ")))
		return allowed[0]
	}
	return t
}
