// Writes the generated files of charts/assets from the npm packages that
// package-lock.json pins and from the maps in scripts/geo. The results are committed, so `go build` needs no
// Node; two runs give equal bytes, so a check can regenerate and compare:
//
//   node scripts/assets.mjs            writes charts/assets
//   node scripts/assets.mjs --check    writes nothing; exit 1 and names the files that differ
//   node scripts/assets.mjs --out DIR  writes elsewhere

import { build } from 'esbuild';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import subsetFont from 'subset-font';
import { simplified, verbatim } from './maps.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');

// The parts of ECharts that a chiso picture may use. charts/render refuses an
// option that names anything else, since ECharts itself would silently draw
// nothing; extend both together (render/validate.go, tested against the bundle).
//
// Only the SVG renderer is bundled, for both sides: the page first shows the
// server's SVG and ECharts then takes over, without a jump, only if it draws
// with the same renderer. The largest picture (63 units x 20 years) is about
// 1,300 shapes, which SVG carries. The bundle is 253 kB compressed (gzip -9);
// the canvas renderer would add 5 kB to every page and is not missed.
const entry = `
import * as core from 'echarts/core';
import { LineChart, BarChart, RadarChart, HeatmapChart, MapChart, ScatterChart, BoxplotChart, CustomChart } from 'echarts/charts';
import { GridComponent, TitleComponent, LegendPlainComponent, TooltipComponent, RadarComponent, GeoComponent,
  VisualMapComponent, MarkLineComponent, MarkAreaComponent, GraphicComponent, DatasetComponent, AriaComponent } from 'echarts/components';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import vi from 'echarts/lib/i18n/langVI.js';
core.use([LineChart, BarChart, RadarChart, HeatmapChart, MapChart, ScatterChart, BoxplotChart, CustomChart,
  GridComponent, TitleComponent, LegendPlainComponent, TooltipComponent, RadarComponent, GeoComponent,
  VisualMapComponent, MarkLineComponent, MarkAreaComponent, GraphicComponent, DatasetComponent, AriaComponent,
  LabelLayout, SVGRenderer]);
core.registerLocale('VI', vi);
export const { init, use, registerMap, getMap, registerLocale, registerCustomSeries, setPlatformAPI, getInstanceByDom,
  dispose, connect, disconnect, graphic, format, version } = core;
`;

// Latin, Vietnamese (precomposed, and the marks for decomposed text), and the
// symbols that the pages use. Anything else falls back to a system font.
const subsetRanges = [
  [0x20, 0x7e], [0xa0, 0x17f], [0x1a0, 0x1a1], [0x1af, 0x1b0], [0x218, 0x21b],
  [0x300, 0x304], [0x306, 0x30c], [0x31b, 0x31b], [0x323, 0x328], [0x394, 0x394], [0x3bc, 0x3bc], [0x3c3, 0x3c3],
  [0x1ea0, 0x1ef9], [0x2009, 0x2015], [0x2018, 0x201e], [0x2020, 0x2022], [0x2026, 0x2026], [0x202f, 0x203a],
  [0x20ab, 0x20ac], [0x2116, 0x2116], [0x2122, 0x2122], [0x2190, 0x2199], [0x2206, 0x2206], [0x2211, 0x2212], [0x221e, 0x221e],
  [0x2248, 0x2248], [0x2260, 0x2260], [0x2264, 0x2265], [0x25a0, 0x25a1], [0x25b2, 0x25b3], [0x25b6, 0x25b7],
  [0x25bc, 0x25bd], [0x25c0, 0x25c1], [0x25c6, 0x25c7], [0x25cb, 0x25cb], [0x25cf, 0x25cf], [0x2713, 0x2713], [0x2717, 0x2717],
];

// The features that a page asks for (tnum) and those that keep text right
// (ccmp, locl, mark, mkmk) or equal to the server's shaping (kern, calt).
const subsetFeatures = ['ccmp', 'locl', 'mark', 'mkmk', 'kern', 'calt', 'tnum'];

function subsetText() {
  let text = '';
  for (const [from, to] of subsetRanges) {
    for (let c = from; c <= to; c++) text += String.fromCodePoint(c);
  }
  return text;
}

// zrender's cache of text widths is a plain object, so that a unit named
// "constructor" or "__proto__" finds a method of Object in it and the whole
// picture fails. A map without a prototype is all it takes; an update of zrender
// that needs no such change any more, or another, stops this script.
const safeCache = {
  name: 'safe-cache',
  setup(b) {
    b.onLoad({ filter: /zrender[\\/]lib[\\/]core[\\/]LRU\.js$/ }, async ({ path: file }) => {
      const source = await readFile(file, 'utf8');
      const parts = source.split('this._map = {};');
      if (parts.length !== 3) throw new Error(`${file} has changed: look at the safe-cache plugin again`);
      return { contents: parts.join('this._map = Object.create(null);'), loader: 'js' };
    });
  },
};

async function version(name) {
  return JSON.parse(await readFile(path.join(modules, name, 'package.json'), 'utf8')).version;
}

async function echartsBundle() {
  const banner = `/*! Apache ECharts ${await version('echarts')} (Apache-2.0) with zrender ${await version('zrender')} (BSD-3-Clause) ` +
    `and tslib (0BSD); parts chosen by scripts/assets.mjs. Licences beside this file. */`;
  const result = await build({
    stdin: { contents: entry, resolveDir: root, sourcefile: 'echarts.entry.mjs' },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    globalName: 'echarts',
    target: 'es2020',
    charset: 'utf8',
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    banner: { js: banner },
    plugins: [safeCache],
    logLevel: 'warning',
  });
  return Buffer.from(result.outputFiles[0].contents);
}

async function woff2(ttf) {
  return subsetFont(ttf, subsetText(), { targetFormat: 'woff2', keepFeatures: subsetFeatures, noHinting: true });
}

async function files() {
  const inter = (weight) => readFile(path.join(modules, '@expo-google-fonts/inter', weight, `Inter_${weight}.ttf`));
  const text = (...parts) => readFile(path.join(modules, ...parts));
  const regular = await inter('400Regular');
  const bold = await inter('700Bold');
  return new Map([
    ['echarts.bundle.js', await echartsBundle()],
    ['resvg.wasm', await text('@resvg/resvg-wasm', 'index_bg.wasm')],
    ['inter-regular.ttf', regular],
    ['inter-bold.ttf', bold],
    ['inter-regular.woff2', Buffer.from(await woff2(regular))],
    ['inter-bold.woff2', Buffer.from(await woff2(bold))],
    ['vn63.geojson', await simplified('vn63.geojson')],
    ['vn34.geojson', await simplified('vn34.geojson')],
    ['archipelagos.geojson', await verbatim('archipelagos.geojson')],
    ['licenses/echarts-LICENSE.txt', await text('echarts', 'LICENSE')],
    ['licenses/echarts-NOTICE.txt', await text('echarts', 'NOTICE')],
    ['licenses/echarts-d3-LICENSE.txt', await text('echarts', 'licenses', 'LICENSE-d3')],
    ['licenses/zrender-LICENSE.txt', await text('zrender', 'LICENSE')],
    ['licenses/tslib-LICENSE.txt', await text('tslib', 'LICENSE.txt')],
    // The resvg package names MPL-2.0 without its text; axe-core ships the same text.
    ['licenses/resvg-MPL-2.0.txt', await text('axe-core', 'LICENSE')],
    ['licenses/inter-OFL.txt', await text('@expo-google-fonts/inter', 'LICENSE_FONT')],
  ]);
}

async function main(args) {
  const check = args.includes('--check');
  const at = args.indexOf('--out');
  if (at >= 0 && !args[at + 1]) throw new Error('--out needs a folder');
  const out = at >= 0 ? path.resolve(args[at + 1]) : path.join(root, 'charts', 'assets');
  const differ = [];
  for (const [name, bytes] of await files()) {
    const file = path.join(out, name);
    const old = await readFile(file).catch(() => null);
    if (old && old.equals(bytes)) continue;
    differ.push(name);
    if (check) continue;
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, bytes);
    console.log(`wrote ${path.relative(process.cwd(), file)} (${bytes.length} bytes)`);
  }
  if (check && differ.length > 0) {
    console.error(`charts/assets differs from the pinned packages: ${differ.join(', ')}\nRun: node scripts/assets.mjs`);
    process.exitCode = 1;
  } else if (differ.length === 0) {
    console.log('charts/assets is up to date');
  }
}

await main(process.argv.slice(2));
