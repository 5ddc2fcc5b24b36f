// Package assets holds what a picture needs besides its option: the ECharts
// bundle and the formatters that the browser and the server share, the fonts,
// and resvg. All but formatters.js and the Go files is written by
// scripts/assets.mjs from pinned npm packages and committed, so that a build
// needs no Node.
package assets

import (
	"embed"
	"io/fs"
)

// Names of the files in FS that a web server hands to browsers.
const (
	EChartsName      = "echarts.bundle.js"
	FormattersName   = "formatters.js"
	RegularWOFF2Name = "inter-regular.woff2"
	BoldWOFF2Name    = "inter-bold.woff2"
)

//go:embed echarts.bundle.js formatters.js inter-regular.woff2 inter-bold.woff2 licenses/*.txt
var public embed.FS

//go:embed vn63.geojson vn34.geojson archipelagos.geojson
var maps embed.FS

//go:embed resvg.wasm
var resvg []byte

//go:embed inter-regular.ttf
var regular []byte

//go:embed inter-bold.ttf
var bold []byte

// FS returns the files that may be served: the scripts, the web fonts, and the
// licence texts below licenses/. The TTFs and resvg are for this process only.
func FS() fs.FS { return public }

// ECharts returns the tree-shaken bundle, a plain script that sets the global echarts.
func ECharts() string { return script(EChartsName) }

// Formatters returns the script that sets chisoFormatters and chisoRevive.
// It comes after ECharts.
func Formatters() string { return script(FormattersName) }

func script(name string) string {
	b, err := public.ReadFile(name)
	if err != nil {
		panic(err) // The compiler has embedded the file.
	}
	return string(b)
}

// Resvg returns the WebAssembly module of @resvg/resvg-wasm. The bytes are
// shared: do not change them.
func Resvg() []byte { return resvg }

// RegularTTF returns Inter Regular, complete. The bytes are shared: do not
// change them.
func RegularTTF() []byte { return regular }

// BoldTTF returns Inter Bold, complete. The bytes are shared: do not change them.
func BoldTTF() []byte { return bold }

// Map returns a map of scripts/geo, simplified: "vn63.geojson", "vn34.geojson" or "archipelagos.geojson".
// charts/geo reads it.
func Map(name string) ([]byte, error) { return maps.ReadFile(name) }
