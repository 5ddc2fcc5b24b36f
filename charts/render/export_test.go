package render

// Whole makes options that leave heat maps to ECharts.
func Whole(o Options) Options {
	o.whole = true
	return o
}
