package viet

// VNI spells a letter as a base letter and, behind it, one Latin-1 letter for
// its marks; a few letters are single Latin-1 letters of their own. The tables are
// written for small letters: capitals use the capital Latin-1 letters.

// vniTones are marks behind any vowel.
var vniTones = map[rune]string{
	'ù': "\u0301", 'ø': "\u0300", 'û': "\u0309", 'õ': "\u0303", 'ï': "\u0323",
}

// vniHats are marks that put a circumflex on a, e, o, alone or with a tone.
var vniHats = map[rune]string{
	'â': "\u0302", 'á': "\u0302\u0301", 'à': "\u0302\u0300", 'å': "\u0302\u0309", 'ã': "\u0302\u0303", 'ä': "\u0302\u0323",
}

// vniBreves are marks that put a breve on a, alone or with a tone.
var vniBreves = map[rune]string{
	'ê': "\u0306", 'é': "\u0306\u0301", 'è': "\u0306\u0300", 'ú': "\u0306\u0309", 'ü': "\u0306\u0303", 'ë': "\u0306\u0323",
}

// vniLetters are letters of their own; ơ and ư take a tone mark behind them.
var vniLetters = map[rune]string{
	'ô': "ơ", 'ö': "ư", 'ñ': "đ",
	'í': "í", 'ì': "ì", 'æ': "ỉ", 'ó': "ĩ", 'ò': "ị", 'î': "ỵ",
}
