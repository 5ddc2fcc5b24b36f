package text

import (
	"fmt"
	"strings"
	"sync"
)

// scriptRunes is the end of the range whose advances the script carries. It
// takes in Latin, Vietnamese, Greek, Cyrillic, punctuation, arrows and shapes;
// beyond it every character counts one em.
const scriptRunes = 0x2600

// Script returns a plain script that tells ECharts the widths of the font. The
// server and the page both run it after the ECharts bundle, so that they lay
// out alike, whatever fonts the machine has.
var Script = sync.OnceValue(func() string {
	r, b := faces()[0], faces()[1]
	return fmt.Sprintf(`(function (global) {
  'use strict';
  // The code of character i is the advance of character i, in 1/%[1]d em.
  const regular = "%[2]s", bold = "%[3]s";
  global.echarts.setPlatformAPI({
    measureText: function (text, font) {
      text = text === null || text === undefined ? '' : String(text);
      const size = /(\d*\.?\d+)px/.exec(font || '');
      const table = /\b(bold|bolder|[6-9]00)\b/.test(font || '') ? bold : regular;
      let width = 0;
      for (let i = 0; i < text.length; i++) {
        const c = text.charCodeAt(i);
        width += c < table.length ? table.charCodeAt(c) : %[1]d;
      }
      return { width: width * (size ? Number(size[1]) : 12) / %[1]d };
    },
  });
})(globalThis);
`, r.unitsPerEm, advances(r), advances(b))
})

// advances writes the table as the inside of a string literal, in plain UTF-8
// where it may: that is a third of the size of escapes, in the page and in memory.
func advances(f *face) string {
	var s strings.Builder
	for r := range rune(scriptRunes) {
		switch a := rune(f.units(r)); {
		case a < 0x20 || a >= 0x7f && a < 0xa0 || strings.ContainsRune("\"\\<\u2028\u2029", a) || a >= 0xd800:
			fmt.Fprintf(&s, `\u%04x`, a)
		default:
			s.WriteRune(a)
		}
	}
	return s.String()
}
