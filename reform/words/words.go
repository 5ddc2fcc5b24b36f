// Package words is the one catalogue of what the screens say, in Vietnamese
// and English. A text is found by key and never written in code or templates,
// so that a civil servant can read all of it in one place, and a test can find a gap.
package words

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed texts/*.yaml
var files embed.FS

// Langs are the languages of the screens, the default one first.
var Langs = []string{"vi", "en"}

// texts maps key and language to a text with placeholders such as {place}.
var texts = mustLoad(files)

type entry struct {
	VI string `yaml:"vi"`
	EN string `yaml:"en"`
}

func mustLoad(fsys fs.FS) map[string]entry {
	m, err := load(fsys)
	if err != nil {
		panic(err) // the texts are embedded: a mistake in them can't reach a user, the tests load them
	}
	return m
}

func load(fsys fs.FS) (map[string]entry, error) {
	names, err := fs.Glob(fsys, "texts/*.yaml")
	if err != nil {
		return nil, err
	}
	out := map[string]entry{}
	for _, name := range names {
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		var part map[string]entry
		if err := yaml.UnmarshalWithOptions(b, &part, yaml.Strict()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		for k, e := range part {
			if _, ok := out[k]; ok {
				return nil, fmt.Errorf("%s: key %s stands in another file too", name, k)
			}
			if e.VI == "" || e.EN == "" {
				return nil, fmt.Errorf("%s: key %s lacks a language", name, k)
			}
			out[k] = e
		}
	}
	return out, nil
}

// Lang is lang if the screens speak it, else Vietnamese.
func Lang(lang string) string {
	if lang == "en" {
		return "en"
	}
	return "vi"
}

// T is the text of key in lang, its placeholders filled from name and value
// pairs: T("vi", "movement.up", "n", 2). A missing key or placeholder is shown as it is
// in double braces, so that a person sees it, and a test fails on it.
func T(lang, key string, pairs ...any) string {
	e, ok := texts[key]
	if !ok {
		return "{{" + key + "}}"
	}
	s := e.VI
	if lang == "en" {
		s = e.EN
	}
	if len(pairs) == 0 {
		return s
	}
	rep := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		rep = append(rep, fmt.Sprintf("{%v}", pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return strings.NewReplacer(rep...).Replace(s)
}

// Has reports whether key is in the catalogue.
func Has(key string) bool {
	_, ok := texts[key]
	return ok
}

// Keys lists all keys, for tests.
func Keys() []string {
	out := make([]string, 0, len(texts))
	for k := range texts {
		out = append(out, k)
	}
	return out
}
