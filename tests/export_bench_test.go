package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"chiso/charts/geo"
	"chiso/reform"
)

// exportPictures are the kinds of pictures that the goals name, by their addresses.
var exportPictures = []struct{ name, address string }{
	{"line", "rank-history?index=pci&unit=vn63:80"},
	{"bar", "subscores?index=papi&unit=vn63:80&period=2023"},
	{"radar", "radar?index=papi&unit=vn63:80&period=2023"},
	{"heatmap", "heatmap?index=pci&scheme=vn63"},
	{"map", "map?index=pci&period=2021"},
}

func p95(d []time.Duration) time.Duration {
	d = slices.Clone(d)
	slices.Sort(d)
	return d[min(len(d)-1, len(d)*95/100)]
}

// BenchmarkExport draws each kind of picture by its address as SVG and as PNG of 1920 x 1080, every
// time with another size of letters or width, so that nothing drawn before is given again; beside it a kept
// PNG, Chromium's screenshot of the same picture's page in a warm tab, and ECharts and resvg in Node.
func BenchmarkExport(b *testing.B) {
	s := serve(b, filepath.Join(b.TempDir(), "data"))
	client := &http.Client{}
	get := func(path string) ([]byte, time.Duration) {
		began := time.Now()
		resp, err := client.Get(s.URL + path)
		if err != nil {
			b.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			b.Fatalf("%s: status %d, %v: %.200s", path, resp.StatusCode, err, body)
		}
		return body, time.Since(began)
	}
	file := func(address, ext, more string) string {
		picture, query, _ := strings.Cut(address, "?")
		return "/figures/" + picture + "." + ext + "?" + query + more
	}
	node := nodeTimes(b, get, file)
	browser, cancel := chromedp.NewContext(chrome(b))
	defer cancel()
	width := 960
	for _, p := range exportPictures {
		b.Run(p.name, func(b *testing.B) {
			var svg, png, kept, shot []time.Duration
			picture, query, _ := strings.Cut(p.address, "?")
			get(file(p.address, "png", "&w=959&h=540&scale=2")) // the first of a kind warms caches of the question
			for b.Loop() {
				width++
				size := "&h=540&w=" + strconv.Itoa(width)
				_, took := get(file(p.address, "svg", size))
				svg = append(svg, took)
				width++
				size = "&scale=2&h=540&w=" + strconv.Itoa(width)
				_, took = get(file(p.address, "png", size))
				png = append(png, took)
				_, took = get(file(p.address, "png", size))
				kept = append(kept, took)
				shot = append(shot, screenshot(b, browser, s.URL+"/figures/"+picture+"?"+query))
				time.Sleep(200 * time.Millisecond) // the closed tab still takes the processor
			}
			b.ReportMetric(ms(p95(svg)), "ms/svg-p95")
			b.ReportMetric(ms(p95(png)), "ms/png-p95")
			b.ReportMetric(ms(p95(kept)), "ms/kept-p95")
			b.ReportMetric(ms(p95(shot)), "ms/chromium-p95")
			b.ReportMetric(ms(p95(node[p.name].svg)), "ms/node-svg-p95")
			b.ReportMetric(ms(p95(node[p.name].png)), "ms/node-png-p95")
			b.ReportMetric(float64(median(png))/float64(median(shot)), "png/chromium")
			b.ReportMetric(float64(median(svg))/float64(median(node[p.name].svg)), "svg/node")
		})
	}
}

// screenshot is how long a new tab of a warm Chromium takes from the address to the pixels.
func screenshot(tb testing.TB, browser context.Context, url string) time.Duration {
	began := time.Now()
	ctx, cancel := chromedp.NewContext(browser)
	defer cancel()
	ctx, stop := context.WithTimeout(ctx, 30*time.Second)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(960, 540, chromedp.EmulateScale(2)), chromedp.Navigate(url)); err != nil {
		tb.Fatal(err)
	}
	if _, err := chromedp.Run(ctx, chromedp.CaptureScreenshot()); err != nil {
		tb.Fatal(err)
	}
	return time.Since(began)
}

type nodeTime struct{ svg, png []time.Duration }

func nodeTimes(tb testing.TB, get func(string) ([]byte, time.Duration), file func(address, ext, more string) string) map[string]nodeTime {
	type picture struct {
		Name   string                     `json:"name"`
		Option json.RawMessage            `json:"option"`
		Width  int                        `json:"width"`
		Height int                        `json:"height"`
		Maps   map[string]json.RawMessage `json:"maps,omitempty"`
	}
	job := struct {
		Pictures []picture `json:"pictures"`
		Times    int       `json:"times"`
		Scale    int       `json:"scale"`
	}{Times: 15, Scale: 2}
	shape, ok := geo.Shipped(reform.VN63)
	if !ok {
		tb.Fatal("no map of the 63 provinces")
	}
	for _, p := range exportPictures {
		body, _ := get(file(p.address, "json", "&w=960&h=540"))
		one := picture{Name: p.name}
		if err := json.Unmarshal(body, &one); err != nil {
			tb.Fatal(err)
		}
		one.Name = p.name
		if p.name == "map" {
			one.Maps = map[string]json.RawMessage{shape.Name: shape.GeoJSON}
		}
		job.Pictures = append(job.Pictures, one)
	}
	in, err := json.Marshal(job)
	if err != nil {
		tb.Fatal(err)
	}
	cmd := exec.CommandContext(tb.Context(), "node", filepath.Join("..", "scripts", "bench-node.mjs"))
	cmd.Stdin, cmd.Stderr = bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("node: %v", err)
	}
	var got map[string]struct{ SVG, PNG []float64 }
	if err := json.Unmarshal(out, &got); err != nil {
		tb.Fatal(err)
	}
	times := map[string]nodeTime{}
	for name, t := range got {
		var n nodeTime
		for i := range t.SVG {
			n.svg = append(n.svg, time.Duration(t.SVG[i]*float64(time.Millisecond)))
			n.png = append(n.png, time.Duration(t.PNG[i]*float64(time.Millisecond)))
		}
		times[name] = n
	}
	return times
}

// BenchmarkExportMemory is what four readers at once who take big pictures add to an idle server.
func BenchmarkExportMemory(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "data")
	serve(b, dir).stop(b) // the facts are loaded before: loading them takes memory too
	s := serve(b, dir)
	get := func(path string) error {
		resp, err := http.Get(s.URL + path)
		if err != nil {
			return err
		}
		defer func() { _ = resp.Body.Close() }()
		_, err = io.Copy(io.Discard, resp.Body)
		if resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: status %d", path, resp.StatusCode)
		}
		return err
	}
	time.Sleep(3 * time.Second) // the warm-up in the background ends
	idle := resident(b, s)
	most := idle
	width := 960
	for b.Loop() {
		var wait sync.WaitGroup
		for i, p := range exportPictures[:4] {
			picture, query, _ := strings.Cut(p.address, "?")
			width++
			path := fmt.Sprintf("/figures/%s.png?%s&scale=2&h=540&w=%d", picture, query, width+i)
			wait.Go(func() {
				if err := get(path); err != nil {
					b.Error(err)
				}
			})
		}
		wait.Wait()
		most = max(most, resident(b, s))
	}
	b.ReportMetric(float64(idle)/1e6, "MB/idle")
	b.ReportMetric(float64(most-idle)/1e6, "MB/above-idle")
}

// resident is the memory of the server's own process; the engine is another.
func resident(tb testing.TB, s *server) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.cmd.Process.Pid))
	if err != nil {
		tb.Skipf("no /proc on this machine: %v", err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(b))[1], 10, 64)
	if err != nil {
		tb.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}
