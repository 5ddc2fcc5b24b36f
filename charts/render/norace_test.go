//go:build !race

package render

// raceEnabled says whether the race detector watches, which makes wazero's
// compiler about twenty times as slow.
const raceEnabled = false
