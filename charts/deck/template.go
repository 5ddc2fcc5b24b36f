package deck

type Template struct {
	base      *base
	numberIdx string
}

func (t *Template) addTo(p *pack) {}
