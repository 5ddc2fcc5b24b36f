package dashboard

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"chiso/charts"
	"chiso/reform"
	"chiso/reform/briefing"
)

// findings are the topics that make a title.
var findings = []briefing.Topic{briefing.Standing, briefing.Score, briefing.Record, briefing.InRegion, briefing.Strengths, briefing.Losses, briefing.Median, briefing.Places}

// longestTitle is how many letters a sentence may have to be a title.
const longestTitle = 180

// told is what the numbers of a picture say in words.
type told struct {
	title  string   // "" none
	spoken []string // for a speaker
}

// picture asks for the picture of an address, whose looks are read before, under the title that the address wants.
func (s *Server) picture(ctx context.Context, kind pictureKind, p *params, st charts.Style) (*charts.Picture, error) {
	said, err := s.finding(ctx, p, st.Lang)
	if err != nil {
		return nil, err
	}
	st.Finding = said.title
	pic, err := kind.ask(s, ctx, p, st)
	if err != nil {
		return nil, err
	}
	pic.Spoken = said.spoken
	return pic, nil
}

// finding reads what the address of a picture wants said in words: with finding=standing,score the title is the
// sentence on the first of these topics that there is one on. It is about the index of the picture and its first unit, or
// the one that "about" names, and so is part of the address: a slide that is drawn again says what is true then.
func (s *Server) finding(ctx context.Context, p *params, lang string) (told, error) {
	if p.text("finding") == "" {
		return told{}, nil
	}
	ix, view, units := p.index(), p.view(), p.unitsIn("about", 0, 1)
	if len(units) == 0 {
		units = p.units(0, mostCompared)
	}
	if len(units) == 0 {
		p.fail(invalid("finding", "needs a unit, or about=UNIT"))
	}
	topics := strings.Split(p.text("finding"), ",")
	for _, t := range topics {
		if !slices.Contains(findings, briefing.Topic(t)) {
			p.fail(invalid("finding", "want topics of the briefing, such as %s", listed(topicNames())))
		}
	}
	if p.err != nil {
		return told{}, p.err
	}
	all, err := s.briefingSentences(ctx, ix, units[0], reform.Period{}, view, lang)
	if err != nil || len(all) == 0 {
		return told{}, err
	}
	return told{title: titleOf(all, topics), spoken: strings.Split(briefing.Text(all), "\n")}, nil
}

func topicNames() (out []string) {
	for _, t := range findings {
		out = append(out, string(t))
	}
	return out
}

// titleOf is the first sentence of the wanted topics; one that is too long for a title is none.
func titleOf(all []briefing.Sentence, topics []string) string {
	for _, t := range topics {
		for _, one := range all {
			if string(one.Topic) == t {
				if t := strings.TrimSuffix(one.String(), "."); utf8.RuneCountInString(t) <= longestTitle {
					return t
				}
				return ""
			}
		}
	}
	return ""
}
