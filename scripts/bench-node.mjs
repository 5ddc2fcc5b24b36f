// The baseline of the export benchmark: the same option documents through ECharts' server
// rendering and resvg in Node. Reads {"pictures": [{name, option, width, height, maps}], "times",
// "scale"} from standard input and prints the times in milliseconds as JSON.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import vm from 'node:vm';

const assets = new URL('../charts/assets/', import.meta.url);
const job = JSON.parse(await new Response(process.stdin).text());
for (const name of ['echarts.bundle.js', 'formatters.js']) vm.runInThisContext(await readFile(new URL(name, assets), 'utf8'));
const { echarts, chisoRevive } = globalThis;

const require = createRequire(import.meta.url);
const { initWasm, Resvg } = require('@resvg/resvg-wasm');
await initWasm(await readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
const fontBuffers = await Promise.all(['inter-regular.ttf', 'inter-bold.ttf'].map((f) => readFile(new URL(f, assets))));

const out = {};
for (const p of job.pictures) {
  for (const [name, geo] of Object.entries(p.maps ?? {})) echarts.registerMap(name, { geoJSON: geo });
  const svg = [], png = [];
  for (let i = 0; i < job.times; i++) {
    let began = performance.now();
    const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: p.width, height: p.height });
    chart.setOption(chisoRevive(structuredClone(p.option)));
    const text = chart.renderToSVGString();
    chart.dispose();
    svg.push(performance.now() - began);
    began = performance.now();
    const r = new Resvg(text, { fitTo: { mode: 'zoom', value: job.scale }, font: { fontBuffers, defaultFontFamily: 'Inter' } });
    const drawn = r.render();
    drawn.asPng();
    drawn.free();
    r.free();
    png.push(svg.at(-1) + performance.now() - began);
  }
  out[p.name] = { svg, png };
}
console.log(JSON.stringify(out));
process.exit(0); // zrender leaves a timer that would keep the process
