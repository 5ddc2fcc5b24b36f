// The one table of named formatters. The browser and the server load this same
// file, so a label reads alike in the page, the SVG, the PNG and the slide.
//
// An option document is pure JSON. Where ECharts wants a function, the document
// holds a name such as "@score:vi:1", and chisoRevive puts the function from the
// table in its place. A name that is not in the table is an error, and a string
// of the data is never looked at, so ingested text cannot become code.
//
// A name is "@" + table entry + arguments, each behind a colon: a language (vi,
// the default, or en) and a whole number (decimals, or the N of "of"), in any order.
// charts/render/formatters.go lists the same entries; a test compares the two.
(function (global) {
  'use strict';

  const missing = '–';
  const words = {
    vi: { none: 'chưa có số liệu', decimal: ',', group: '.' },
    en: { none: 'no data', decimal: '.', group: ',' },
  };

  // Formatters of labels and tooltips get an object, those of axes, legends and
  // visual maps the bare value or name.
  function isParams(p) {
    return p !== null && typeof p === 'object' && !Array.isArray(p);
  }

  // item returns the data item's own object, which carries the fields that
  // ECharts does not know: of, max, text, tip, head.
  function item(p) {
    return isParams(p) && isParams(p.data) ? p.data : {};
  }

  // number reads the drawn value: the last entry where the value is a tuple
  // (y of [x, y], v of [x, y, v]). It gives null for a gap, which is never zero.
  function number(p) {
    let v = isParams(p) ? p.value : p;
    if (Array.isArray(v)) v = v[v.length - 1];
    if (typeof v === 'string' && v.trim() !== '') v = Number(v);
    return typeof v === 'number' && Number.isFinite(v) ? v : null;
  }

  // decimal writes v with at most n decimals, without trailing zeros. It rounds
  // the shortest decimal notation, half away from zero, since toFixed rounds the
  // binary fraction and would print the score 1.005 as 1.00.
  function decimal(v, n, lang) {
    let text = String(Math.abs(v));
    if (text.includes('e')) text = Math.abs(v).toFixed(n);
    let [whole, fraction = ''] = text.split('.');
    if (fraction.length > n) {
      const up = fraction[n] >= '5';
      let digits = BigInt(whole + fraction.slice(0, n));
      if (up) digits += 1n;
      const padded = String(digits).padStart(n + 1, '0');
      whole = padded.slice(0, padded.length - n);
      fraction = padded.slice(padded.length - n);
    }
    fraction = fraction.replace(/0+$/, '');
    const sign = v < 0 && (whole !== '0' || fraction !== '') ? '−' : '';
    return sign + whole + (fraction === '' ? '' : words[lang].decimal + fraction);
  }

  function score(v, args) {
    return decimal(v, args.n === undefined ? 2 : args.n, args.lang);
  }

  function count(v, args) {
    const [whole, fraction] = decimal(v, args.n === undefined ? 0 : args.n, args.lang).split(words[args.lang].decimal);
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, words[args.lang].group);
    return fraction === undefined ? grouped : grouped + words[args.lang].decimal + fraction;
  }

  function place(v) {
    return Number.isInteger(v) ? String(v) : decimal(v, 2, 'vi');
  }

  function name(p) {
    if (!isParams(p)) return p === null || p === undefined ? '' : String(p);
    return String(p.name === undefined || p.name === null ? '' : p.name);
  }

  function seriesName(p) {
    return isParams(p) && p.seriesName !== undefined && p.seriesName !== null ? String(p.seriesName) : '';
  }

  function over(shown, total) {
    return total === null ? shown : shown + '/' + total;
  }

  function placeOf(p) {
    const v = number(p);
    if (v === null) return missing;
    const of = number(item(p).of);
    return over(place(v), of === null ? null : place(of));
  }

  function scoreMax(p, args) {
    const v = number(p);
    if (v === null) return missing;
    const max = number(item(p).max);
    return over(score(v, args), max === null ? null : score(max, args));
  }

  function text(p) {
    const t = item(p).text;
    return t === undefined || t === null ? '' : String(t);
  }

  function escapeHTML(s) {
    return String(s).replace(/[&<>"']/g, (c) => '&#' + c.charCodeAt(0) + ';');
  }

  // shown is what a tooltip says of one item: its own words where it has some,
  // otherwise the place of N, the score of its maximum, or the bare score.
  function shown(p, args) {
    const own = item(p);
    if (own.tip !== undefined && own.tip !== null) return String(own.tip);
    if (number(p) === null) return words[args.lang].none;
    if (number(own.of) !== null) return placeOf(p);
    if (number(own.max) !== null) return scoreMax(p, args);
    if (own.text !== undefined && own.text !== null) return String(own.text);
    return score(number(p), args);
  }

  // ECharts sets a tooltip's text as HTML, so every string in it is escaped. It
  // has no coloured marker: that one needs an inline style, which the page's
  // Content-Security-Policy refuses.
  function tooltip(p, args) {
    const list = (Array.isArray(p) ? p : [p]).filter(isParams);
    if (list.length === 0) return '';
    // A region of a map is named by its code; its item says what a reader calls it.
    const own = item(list[0]).head;
    const head = own !== undefined && own !== null ? String(own) : Array.isArray(p) && list[0].axisValueLabel !== undefined ? list[0].axisValueLabel : name(list[0]);
    const lines = list.map((one) => {
      const series = seriesName(one);
      // ECharts names a series without a name "series" + NUL + number.
      const label = series === '' || series.includes('\u0000') ? '' : escapeHTML(series) + ': ';
      return label + escapeHTML(shown(one, args)).replace(/\n/g, '<br>');
    });
    if (head !== '') lines.unshift('<strong>' + escapeHTML(head) + '</strong>');
    return lines.join('<br>');
  }

  function valued(format) {
    return (p, args) => {
      const v = number(p);
      return v === null ? missing : format(v, args);
    };
  }

  // Of each entry: make is the formatter, takes says which arguments it knows
  // ("lang", "n"), needs those it cannot do without.
  const table = {
    // A rank axis is inverted and starts below 1, so that place 1 does not sit on
    // the frame: only whole places from 1 on are written.
    axisPlace: { make: (p) => (Number.isInteger(number(p)) && number(p) >= 1 ? String(number(p)) : ''), takes: [] },
    count: { make: valued(count), takes: ['lang', 'n'] },
    name: { make: name, takes: [] },
    of: { make: valued((v, args) => over(place(v), place(args.n))), takes: ['n'], needs: ['n'] },
    percent: { make: valued((v, args) => score(v, args) + '%'), takes: ['lang', 'n'] },
    place: { make: valued(place), takes: [] },
    placeOf: { make: placeOf, takes: [] },
    score: { make: valued(score), takes: ['lang', 'n'] },
    scoreMax: { make: scoreMax, takes: ['lang', 'n'] },
    seriesName: { make: seriesName, takes: [] },
    text: { make: text, takes: [] },
    tooltip: { make: tooltip, takes: ['lang', 'n'] },
  };

  // formatter gives the function of one name, or throws.
  function formatter(spec) {
    const unknown = () => new Error('unknown formatter ' + JSON.stringify(spec));
    if (typeof spec !== 'string' || spec[0] !== '@') throw unknown();
    const [key, ...parts] = spec.slice(1).split(':');
    if (!Object.prototype.hasOwnProperty.call(table, key)) throw unknown();
    const entry = table[key];
    const args = {};
    for (const part of parts) {
      const field = part === 'vi' || part === 'en' ? 'lang' : /^(0|[1-9][0-9]{0,3})$/.test(part) ? 'n' : '';
      if (field === '' || args[field] !== undefined || !entry.takes.includes(field)) throw unknown();
      args[field] = field === 'n' ? Number(part) : part;
    }
    for (const field of entry.needs || []) if (args[field] === undefined) throw unknown();
    // N is a number of units; elsewhere n is a number of decimals.
    if (args.n !== undefined && (key === 'of' ? args.n < 1 : args.n > 9)) throw unknown();
    if (args.lang === undefined) args.lang = 'vi';
    return (p) => entry.make(p, args);
  }

  function isFormatterKey(key) {
    return key === 'formatter' || key.endsWith('Formatter');
  }

  // chisoRevive puts functions in the place of formatter names, in the given
  // option itself, and returns it. Template strings ("{b}") stay as they are.
  function revive(option) {
    if (option === null || typeof option !== 'object') return option;
    for (const key of Object.keys(option)) {
      const value = option[key];
      if (typeof value === 'string') {
        if (value[0] === '@' && isFormatterKey(key)) option[key] = formatter(value);
      } else {
        revive(value);
      }
    }
    return option;
  }

  // range is the one shape for series of type "custom" (renderItem: "range"): a
  // whisker from the second to the third value at the first one's category.
  // itemPayload {horizontal: true} says that the category axis is the y axis.
  function range(params, api) {
    const horizontal = Boolean(params.itemPayload && params.itemPayload.horizontal);
    const at = (v) => api.coord(horizontal ? [v, api.value(0)] : [api.value(0), v]);
    const low = at(api.value(1));
    const high = at(api.value(2));
    if (![...low, ...high].every(Number.isFinite)) return null;
    const cap = horizontal ? [0, 4] : [4, 0];
    const style = { stroke: api.visual('color'), lineWidth: 1.5, fill: null };
    const line = (a, b) => ({ type: 'line', shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style });
    const tick = (p) => line([p[0] - cap[0], p[1] - cap[1]], [p[0] + cap[0], p[1] + cap[1]]);
    return { type: 'group', children: [line(low, high), tick(low), tick(high)] };
  }

  const api = { value: undefined, enumerable: true };
  Object.defineProperty(global, 'chisoFormatters', { ...api, value: Object.freeze({ names: Object.freeze(Object.keys(table)), get: formatter }) });
  Object.defineProperty(global, 'chisoRevive', { ...api, value: revive });
  if (global.echarts) global.echarts.registerCustomSeries('range', range);
})(globalThis);
