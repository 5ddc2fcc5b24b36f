package text

import "regexp"

// escapeLike is what a spreadsheet would take for an escaped character.
var escapeLike = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// Cell is a text as it must stand in a cell of a workbook to be read as it is: "_x000D_" is no line break.
func Cell(s string) string { return escapeLike.ReplaceAllString(s, "_x005F$0") }
