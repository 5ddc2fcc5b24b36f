// Package render draws pictures on the server, without a browser: an ECharts
// option (pure JSON) becomes SVG, and SVG becomes PNG.
//
//	option -> checks, texts cleaned (validate.go)
//	       -> ECharts in QuickJS, a fresh machine per picture (vm.go)
//	       -> SVG that every program draws alike (svg.go); the many cells of a heat map
//	          are written after the example of one that ECharts drew (cells.go)
//	       -> the same in an HTML page, under a strict policy (inline.go)
//	       -> PNG, or text as outlines: resvg on wazero (resvg.go)
//
// The scripts are those that the page loads (charts/assets), so a picture is the
// same everywhere. It is a function of its option: equal options give equal
// bytes, whatever was drawn before, on any machine.
//
// # What is refused
//
// ECharts draws nothing and says nothing where it does not understand an option.
// Here that is an error of kind reform.ErrInvalid: unknown series types,
// components and formatters, series without any value, numbers that are none. A
// chart without data is for the page to say in words, not for an empty frame.
//
// Strings of an option are data. No string becomes code or markup, nothing is
// loaded from elsewhere, and no link is drawn. Formatters are names out of a
// fixed table, see [Formatters].
//
// # Text
//
// Texts are made NFC. A character that Inter has no glyph for is drawn as U+25A1
// and logged: a picture with a visible gap serves its reader better than none,
// and a blank that nobody sees is ruled out. Widths come from the font itself
// (charts/text), which also wraps labels: ECharts 6 wraps Vietnamese wrongly.
package render
