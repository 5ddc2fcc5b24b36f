package sheet

// showing is how a number format shows a number.
type showing uint8

const (
	plain showing = iota
	asDate
	asPercent
)

// cell is a number as its format shows it.
func (how showing) cell(f float64, from1904 bool) Cell {
	switch how {
	case asDate:
		return dateCell(f, from1904)
	case asPercent:
		return numberCell(f * 100)
	}
	return numberCell(f)
}

// builtIn is how one of Excel's built-in number formats shows a number.
func builtIn(id int) showing {
	switch {
	case id == 9 || id == 10:
		return asPercent
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id >= 50 && id <= 54, id == 57, id == 58:
		return asDate
	}
	return plain
}

// formatCode is how a custom number format shows a number: as a date where it has a
// year or a day outside of quotes, brackets and escapes, as per cent where it has that sign.
func formatCode(code string) showing {
	inQuote, inBracket := false, false
	how := plain
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			inQuote = !inQuote
		case inQuote:
		case c == '[':
			inBracket = true
		case c == ']':
			inBracket = false
		case inBracket:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == 'y' || c == 'Y' || c == 'd' || c == 'D':
			return asDate
		case c == '%':
			how = asPercent
		}
	}
	return how
}
