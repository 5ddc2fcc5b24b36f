package ingest

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"chiso/ingest/parse"
	"chiso/internal/testshared"
	"chiso/reform"
)

// silentSink takes facts and keeps nothing.
type silentSink struct{ facts, problems int }

func (s *silentSink) Fact(*reform.Fact) error { s.facts++; return nil }

func (s *silentSink) Problem(p reform.Problem) {
	if !p.Warning {
		s.problems++
	}
}

// BenchmarkKinds is how fast each kind reads a real document, in MB of the file a second.
func BenchmarkKinds(b *testing.B) {
	shared := testshared.Dir(b)
	kinds := map[string]parse.Kind{}
	for _, k := range DefaultKinds() {
		kinds[k.Name] = k
	}
	for _, tc := range []struct {
		kind, path string
		options    map[string]string
	}{
		{"tidy", filepath.Join("..", "data", "papi.csv"), nil},
		{"pci", filepath.Join(shared, "fixtures", "pci", "PCI_2010.xls"), nil},
		{"pci", filepath.Join(shared, "fixtures", "pci", "PCI_2014.xlsx"), nil},
		{"papi", filepath.Join(shared, "fixtures", "papi", "PAPI_2011-2016.xlsx"), nil},
		{"table", filepath.Join(shared, "fixtures", "service766", "new766_T10_7c5e62b__Diem_nam.csv"), map[string]string{parse.OptIndex: "s766", parse.OptPeriod: "2025"}},
		{"prose", filepath.Join(shared, "seeds", "004_3f8d0b47124cc1de.txt"), nil},
	} {
		b.Run(tc.kind+"/"+filepath.Ext(tc.path)[1:], func(b *testing.B) {
			data, err := os.ReadFile(tc.path)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			sink := &silentSink{}
			for b.Loop() {
				in := parse.Input{Name: filepath.Base(tc.path), File: bytes.NewReader(data), Size: int64(len(data)), Options: tc.options}
				if _, err := kinds[tc.kind].Parse(b.Context(), in, reform.Default(), sink); err != nil {
					b.Fatal(err)
				}
			}
			if sink.facts == 0 || sink.problems > 0 {
				b.Fatalf("%d facts, %d problems: this measures nothing", sink.facts, sink.problems)
			}
			b.ReportMetric(float64(sink.facts)/b.Elapsed().Seconds(), "facts/s")
		})
	}
}
