package reform

import (
	"slices"
	"strconv"
)

// UnitGroup is a set of provinces that the user calls alike, such as those of one
// income group. Whoever is compared with others of a group sees its name and source.
type UnitGroup struct {
	Name   Text      `yaml:"name" json:"name"`
	Source string    `yaml:"source" json:"source"` // where the grouping comes from
	Units  []UnitKey `yaml:"units" json:"units"`
}

func (c *Catalog) addGroup(path string, g UnitGroup) error {
	if g.Name.VI == "" {
		return mistake(path+".name", "a group needs a name (vi)")
	}
	if g.Source == "" {
		return mistake(path+".source", "a group needs the source that it comes from")
	}
	if slices.ContainsFunc(c.groups, func(o UnitGroup) bool { return o.Name.VI == g.Name.VI }) {
		return mistake(path+".name", "the group %q is there twice", g.Name.VI)
	}
	if len(g.Units) < 2 {
		return mistake(path+".units", "a group has at least two units")
	}
	for i, k := range g.Units {
		u, ok := c.units[k]
		if !ok || u.Type != Province {
			return mistake(path+".units["+strconv.Itoa(i)+"]", "%s is no known province", k)
		}
		if slices.Contains(g.Units[:i], k) {
			return mistake(path+".units["+strconv.Itoa(i)+"]", "%s stands twice", k)
		}
	}
	c.groups = append(c.groups, g)
	return nil
}

// GroupsOf lists the groups of the user's own files that a province belongs to, in the order of the files.
func (c *Catalog) GroupsOf(key UnitKey) []UnitGroup {
	var out []UnitGroup
	for _, g := range c.groups {
		if slices.Contains(g.Units, key) {
			g.Units = slices.Clone(g.Units)
			out = append(out, g)
		}
	}
	return out
}
