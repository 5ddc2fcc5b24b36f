package viet

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// onsets are the consonants that a syllable may begin with, longest first.
var onsets = []string{
	"ngh", "ng", "nh", "gh", "gi", "kh", "ph", "th", "tr", "ch", "qu",
	"b", "c", "d", "đ", "g", "h", "k", "l", "m", "n", "r", "s", "t", "v", "x", "p", "",
}

// rimes are what may follow, without tones.
var rimes = func() map[string]bool {
	m := map[string]bool{}
	for _, r := range strings.Fields(`
		a ac ach ai ak am an ang anh ao ap at au ay ă ăc ăk ăm ăn ăng ăp ăt â âc âm ân âng âp ât âu ây
		e ec em en eng eo ep et ê êch êm ên ênh êp êt êu êc êng
		i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu iê
		o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oe oen oeo oet oi om on ong oong ooc op ot oc
		ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt
		u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya uych uyên uyêt uynh uyt uyu
		ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu
		y yêm yên yêng yêt yêu ynh yt`) {
		m[r] = true
	}
	return m
}()

// isSyllable reports whether a word could be Vietnamese: an onset, a rime and
// at most one tone, small, capitalised or all capitals. It serves to tell encodings apart, not to check spelling.
func isSyllable(word string) bool {
	if !evenCase(word) {
		return false
	}
	var b strings.Builder
	tones := 0
	for _, r := range norm.NFD.String(strings.ToLower(norm.NFC.String(word))) {
		switch r {
		case '\u0300', '\u0301', '\u0303', '\u0309', '\u0323':
			tones++
			continue
		}
		b.WriteRune(r)
	}
	if tones > 1 {
		return false
	}
	s := norm.NFC.String(b.String())
	for _, o := range onsets {
		if rest, ok := strings.CutPrefix(s, o); ok && rimes[rest] {
			return true
		}
	}
	return s == "gi" // gì, gỉ: the onset carries the vowel
}

// evenCase refuses a capital inside a small word: in "BÕn Tre" Õ stands for ế.
func evenCase(word string) bool {
	upper, lower, first := 0, 0, true
	for _, r := range word {
		switch {
		case unicode.IsUpper(r) && !first:
			upper++
		case unicode.IsLower(r) && !first:
			lower++
		}
		if !unicode.Is(unicode.Mn, r) {
			first = false
		}
	}
	return upper == 0 || lower == 0
}
