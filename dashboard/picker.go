package dashboard

import (
	"chiso/reform"
	"chiso/reform/words"
)

// unitPicker is the form that chooses a unit.
type unitPicker struct {
	Label, Button string
	Action        string
	Hidden        []hiddenField
	Groups        []unitGroup
}

type hiddenField struct{ Name, Value string }

type unitGroup struct {
	Label string
	Units []unitOption
}

type unitOption struct {
	Key, Name string
	Chosen    bool
}

// picker lists the provinces of both schemes, those in force first.
func (s *Server) picker(lang, action string, chosen reform.UnitKey, hidden ...hiddenField) unitPicker {
	p := unitPicker{Label: words.T(lang, "unit.choose"), Button: words.T(lang, "unit.show"), Action: action, Hidden: hidden}
	for _, sc := range []reform.Scheme{reform.VN34, reform.VN63} {
		g := unitGroup{Label: schemeName(sc, lang)}
		for _, u := range s.opt.Catalog.Units(sc, reform.Province) {
			g.Units = append(g.Units, unitOption{string(u.Key), s.unitName(u.Key, lang), u.Key == chosen})
		}
		p.Groups = append(p.Groups, g)
	}
	return p
}
