package render

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"chiso/charts/assets"
)

// A picture without its font is an error and no picture with its words missing.
func TestFontMissing(t *testing.T) {
	r, err := compileResvg(t.Context(), filepath.Join(os.TempDir(), "chiso-test-wazero"))
	if err != nil {
		t.Fatal(err)
	}
	defer r.close(t.Context())
	if err := r.probe(t.Context()); err != nil {
		t.Fatalf("with both fonts: %v", err)
	}
	for want, fonts := range map[string][]any{
		"regular": nil, "(regular)": {[]byte{}, []byte("no font")}, "Inter (regular)": {assets.RegularTTF()[:1000]},
	} {
		r.fonts = fonts
		if err := r.probe(t.Context()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("with %d fonts: got %v, want an error that names %s", len(fonts), err, want)
		}
	}
}
