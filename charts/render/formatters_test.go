package render

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"modernc.org/quickjs"

	"chiso/reform"
)

// machine gives a virtual machine with the shared scripts.
func machine(t *testing.T) *quickjs.VM {
	t.Helper()
	vm, err := renderer(t).engine.machine()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { vm.Close() })
	return vm
}

func TestFormattersAgree(t *testing.T) {
	vm := machine(t)
	got, err := vm.Eval(`JSON.stringify([...chisoFormatters.names].sort())`, quickjs.EvalGlobal)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(Formatters())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("formatters.js differs from Formatters (-Go +JavaScript):\n%s", diff)
	}
	tests := map[string]bool{
		"@place": true, "@placeOf": true, "@of:63": true, "@score": true, "@score:vi": true, "@score:en:1": true,
		"@score:1:en": true, "@scoreMax:0": true, "@percent:1": true, "@count:en": true, "@tooltip:en": true,
		"@axisPlace": true, "@name": true, "@seriesName": true, "@text": true, "@of:9999": true, "@score:9": true,
		"": false, "@": false, "score": false, "@of": false, "@of:0": false, "@of:63:64": false, "@of:vi": false, "@of:vi:63": false,
		"@of:-1": false, "@of:1e3": false, "@of:063": false, "@of:99999": false, "@score:10": false, "@score:fr": false,
		"@score:vi:vi": false, "@score:1:2": false, "@score:": false, "@place:vi": false, "@place:1": false, "@text:vi": false,
		"@constructor": false, "@__proto__": false, "@toString": false, "@Score": false, "@score ": false, "@of63": false, "@score:vi\n": false,
		"@score:1\n": false,
	}
	for spec, ok := range tests {
		if err := ValidFormatter(spec); (err == nil) != ok || err != nil && !errors.Is(err, reform.ErrInvalid) {
			t.Errorf("ValidFormatter(%q): got error %v, want accepted %v", spec, err, ok)
		}
		if _, err := vm.Call("(s) => { chisoFormatters.get(s); return true }", spec); (err == nil) != ok {
			t.Errorf("formatters.js, %q: got error %v, want accepted %v", spec, err, ok)
		}
	}
}

func TestFormatters(t *testing.T) {
	vm := machine(t)
	tests := []struct{ spec, arg, want string }{
		{"@place", `{"value":5}`, "5"},
		{"@place", `{"value":[2,7,5]}`, "5"},
		{"@place", `{"value":null}`, "–"},
		{"@place", `{"value":"-"}`, "–"},
		{"@place", `{"value":""}`, "–"},
		{"@place", `5`, "5"},
		{"@of:63", `20`, "20/63"},
		{"@of:63", `{"value":20}`, "20/63"},
		{"@of:63", `null`, "–"},
		{"@placeOf", `{"value":20,"data":{"value":20,"of":63}}`, "20/63"},
		{"@placeOf", `{"value":20,"data":{"value":20}}`, "20"},
		{"@placeOf", `{"value":20,"data":20}`, "20"},
		{"@placeOf", `{"value":null,"data":{"of":63}}`, "–"},
		{"@score", `3.5`, "3,5"},
		{"@score", `12`, "12"},
		{"@score", `0`, "0"},
		{"@score", `1.005`, "1,01"},
		{"@score", `91.805`, "91,81"},
		{"@score", `99.999`, "100"},
		{"@score", `0.004`, "0"},
		{"@score", `-0.004`, "0"},
		{"@score", `-1.5`, "−1,5"},
		{"@score", `"43.135127"`, "43,14"},
		{"@score:en:1", `43.135127`, "43.1"},
		{"@score:6", `43.135127`, "43,135127"},
		{"@score:0", `0.5`, "1"},
		{"@score:3", `1e-7`, "0"},
		{"@score", `{"value":"x"}`, "–"},
		{"@scoreMax", `{"value":3.5,"data":{"value":3.5,"max":12}}`, "3,5/12"},
		{"@scoreMax:en", `{"value":3.5,"data":{"value":3.5,"max":14.5}}`, "3.5/14.5"},
		{"@scoreMax", `{"value":3.5,"data":{"value":3.5,"max":null}}`, "3,5"},
		{"@percent", `87.97`, "87,97%"},
		{"@percent:en:0", `87.97`, "88%"},
		{"@count", `15613`, "15.613"},
		{"@count", `1000000`, "1.000.000"},
		{"@count:en", `-15613`, "−15,613"},
		{"@count", `47`, "47"},
		{"@count:1", `1234.56`, "1.234,6"},
		{"@axisPlace", `1`, "1"},
		{"@axisPlace", `0`, ""},
		{"@axisPlace", `-1`, ""},
		{"@axisPlace", `7.5`, ""},
		{"@name", `{"name":"Đắk Lắk"}`, "Đắk Lắk"},
		{"@name", `"Long An"`, "Long An"},
		{"@name", `null`, ""},
		{"@seriesName", `{"seriesName":"PCI"}`, "PCI"},
		{"@text", `{"data":{"text":"3,5/12 (766)"}}`, "3,5/12 (766)"},
		{"@text", `{"data":5}`, ""},
		{"@tooltip", `{"name":"2012","seriesName":"Long An","value":20,"data":{"value":20,"of":63}}`, "<strong>2012</strong><br>Long An: 20/63"},
		{"@tooltip", `[{"name":"x","axisValueLabel":"2012","seriesName":"A","value":1,"data":1},{"seriesName":"B","value":null,"data":null}]`,
			"<strong>2012</strong><br>A: 1<br>B: chưa có số liệu"},
		{"@tooltip:en", `{"name":"","seriesName":"series\u00000","value":3.5,"data":{"value":3.5,"max":12}}`, "3.5/12"},
		{"@tooltip", `{"name":"<img src=x onerror=alert(1)>","seriesName":"</script>&\"'","value":1,"data":{"value":1,"tip":"<b>\n5"}}`,
			"<strong>&#60;img src=x onerror=alert(1)&#62;</strong><br>&#60;/script&#62;&#38;&#34;&#39;: &#60;b&#62;<br>5"},
		{"@tooltip", `[]`, ""},
		{"@tooltip", `null`, ""},
	}
	for _, tt := range tests {
		got, err := vm.Call("(spec, arg) => chisoFormatters.get(spec)(JSON.parse(arg))", tt.spec, tt.arg)
		if err != nil || got != tt.want {
			t.Errorf("%s of %s: got %q, error %v; want %q", tt.spec, tt.arg, got, err, tt.want)
		}
	}
}

func TestRevive(t *testing.T) {
	vm := machine(t)
	tests := []struct{ option, want string }{
		// Only a formatter's key makes a function; data stay strings.
		{`{"label":{"formatter":"@place"},"valueFormatter":"@score","name":"@place","data":["@place"],"informatter":"@x"}`,
			`{"label":{"formatter":"fn"},"valueFormatter":"fn","name":"@place","data":["@place"],"informatter":"@x"}`},
		{`{"formatter":"{b}: {c}"}`, `{"formatter":"{b}: {c}"}`},
		{`[{"formatter":"@of:63"}]`, `[{"formatter":"fn"}]`},
		{`{"__proto__":{"formatter":"@text"}}`, `{"__proto__":{"formatter":"fn"}}`},
		{`"@place"`, `"@place"`},
		{`null`, `null`},
		{`{"formatter":"@alert"}`, "error"},
		{`{"a":[{"tooltip":{"formatter":"@constructor"}}]}`, "error"},
	}
	for _, tt := range tests {
		got, err := vm.Call(`(option) => JSON.stringify(chisoRevive(JSON.parse(option)), (k, v) => typeof v === 'function' ? 'fn' : v)`, tt.option)
		if err != nil {
			got = "error"
		}
		if got != tt.want {
			t.Errorf("%s: got %v (error %v), want %s", tt.option, got, err, tt.want)
		}
	}
}
