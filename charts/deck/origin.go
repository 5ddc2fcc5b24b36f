package deck

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// origin is where a shape came from. It is kept in three places, since every program that
// saves a deck drops some: a tag of the shape (PowerPoint keeps it, LibreOffice drops it); the end of
// the shape's name together with the properties of the file, which both keep; and the link
// below the picture, from which the address can still be read.
type origin struct {
	address string
	part    string // "chart", "table 1/2", "title" ...
	theme   string
	lang    string
	text    string // fingerprint of the words that were written; "" unknown
	author  bool   // the words are of whoever made the deck, and no data stand behind them
	// tagged says that the shape itself says so, and nothing was concluded.
	tagged bool
}

// The parts of a slide that are words.
const (
	partTitle    = "title"
	partSubtitle = "subtitle"
	partCover    = "subTitle"
	partSentence = "sentence"
	partNotes    = "notes"
	partSource   = "source"
)

// ownTheme is the name of the theme of a deck on a master of the user's.
const ownTheme = "master"

// The names of the tags.
const (
	tagAddress = "CHISO_ADDRESS"
	tagPart    = "CHISO_PART"
	tagTheme   = "CHISO_THEME"
	tagLang    = "CHISO_LANG"
	tagText    = "CHISO_TEXT"
	tagAuthor  = "CHISO_AUTHOR"
)

// xml is the part with the tags of a shape.
func (o origin) xml() string {
	one := func(name, v string) string { return `<p:tag name="` + name + `" val="` + esc(v) + `"/>` }
	list := one(tagAddress, o.address) + one(tagPart, o.part) + one(tagTheme, o.theme) + one(tagLang, o.lang)
	if o.text != "" {
		list += one(tagText, o.text)
	}
	if o.author {
		list += one(tagAuthor, "1")
	}
	return xmlHead + `<p:tagLst` + nsAll + `>` + list + `</p:tagLst>`
}

// keyOf is the short name of an address.
func keyOf(address string) string {
	sum := sha256.Sum256([]byte(address))
	return fmt.Sprintf("%x", sum[:4])
}

// shapeName is the name of a shape of a picture with an address.
func shapeName(kind, address string) string {
	if address == "" {
		return kind
	}
	return kind + " chiso-" + keyOf(address)
}

// ourName are the names that this package gives. A chart that a person adds is called
// "Chart 4", which is none of them.
var ourName = regexp.MustCompile(`^(Title|Subtitle|Sentences|Notes|Source|(?:Chart|Table|Picture)(?: \d{1,3}/\d{1,3})?)(?: chiso-([0-9a-f]{8}))?$`)

// partOfName is the part of a slide that a name stands for.
func partOfName(kind string) string {
	switch kind {
	case "Sentences":
		return partSentence
	default:
		return strings.ToLower(kind)
	}
}

// numbered takes the numbers from a part: "table 1/2" is the first of two.
func numbered(part string) (kind string, i, n int, ok bool) {
	kind, rest, has := strings.Cut(part, " ")
	if !has {
		return kind, 0, 1, true
	}
	first, last, has := strings.Cut(rest, "/")
	i, err1 := strconv.Atoi(first)
	n, err2 := strconv.Atoi(last)
	if !has || err1 != nil || err2 != nil || i < 1 || n < i || n > 10*mostSlides {
		return kind, 0, 0, false
	}
	return kind, i - 1, n, true
}

// The names of properties of the file.
const (
	propertyMark    = "chiso"
	propertyAddress = "chiso address"
	propertyTheme   = "chiso theme"
	propertyKey     = "chiso-"
	// mostProperty is how long a property may be; office programs cut longer ones.
	mostProperty = 255
)

// addressBook is the addresses of a deck in the order met.
type addressBook struct{ list []string }

func (a *addressBook) add(address string) {
	if !slices.Contains(a.list, address) {
		a.list = append(a.list, address)
	}
}

// xml is the properties of the file, numbered from first.
func (a *addressBook) xml(address, theme string, first int) string {
	var b strings.Builder
	add := func(name, v string) {
		if utf8.RuneCountInString(v) > mostProperty {
			return
		}
		fmt.Fprintf(&b, `<property fmtid="{D5CDD505-2E9C-101B-9397-08002B2CF9AE}" pid="%d" name="%s"><vt:lpwstr>%s</vt:lpwstr></property>`, first, esc(name), esc(v))
		first++
	}
	// A program that is to draw the deck again knows by this that it is one of ours.
	add(propertyMark, "1")
	add(propertyAddress, address)
	if theme != "" {
		add(propertyTheme, theme)
	}
	for _, one := range a.list {
		add(propertyKey+keyOf(one), one)
	}
	return b.String()
}
