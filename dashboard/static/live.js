// The live page works without this file. It hears from the server that something new is
// loaded, fetches the page again and puts the new figures in the place of the old ones: the
// reader keeps the place on the page, the focus, what is open and what is typed.
(function () {
  'use strict';
  const bar = document.getElementById('live');
  if (!bar || !window.EventSource || !window.DOMParser) return;
  const button = bar.querySelector('button');
  const say = bar.querySelector('[role=status]');
  const words = bar.dataset;
  let rev = Number(words.rev);
  let wanted = rev; // the newest revision heard of
  let paused = false;
  let busy = false;
  let source = null;
  let lost = 0;
  let tries = 0;

  // The short message is said only where it changes.
  function tell(text, bad) {
    if (say.textContent !== text) say.textContent = text;
    bar.classList.toggle('lost', Boolean(bad));
  }

  function focusable(box) { return Array.from(box.querySelectorAll('a,button,input,select,summary,[tabindex]')); }

  // swap puts new content into a box, with the focus and the open details of the old one.
  function swap(old, now) {
    if (old.innerHTML === now.innerHTML) return false;
    const at = old.contains(document.activeElement) ? focusable(old).indexOf(document.activeElement) : -1;
    const open = Array.from(old.querySelectorAll('details')).map((d) => d.open);
    for (const a of Array.from(old.attributes)) if (!now.hasAttribute(a.name) && a.name !== 'class') old.removeAttribute(a.name);
    for (const a of now.attributes) old.setAttribute(a.name, a.value);
    old.replaceChildren(...Array.from(now.childNodes).map((n) => document.importNode(n, true)));
    old.querySelectorAll('details').forEach((d, i) => { if (open[i] !== undefined) d.open = open[i]; });
    if (at >= 0) {
      const all = focusable(old);
      const el = all[Math.min(at, all.length - 1)];
      if (el) el.focus({ preventScroll: true });
    }
    return true;
  }

  // table puts new rows and cells in. Where the reader has sorted the table, its order stays the reader's.
  function table(old, now) {
    const body = old.tBodies[0];
    const fresh = now.tBodies[0];
    if (!body || !fresh) return;
    const heads = (t) => Array.from(t.tHead.rows[0].cells).map((c) => c.textContent).join('|');
    if (heads(old) !== heads(now)) { swap(old, now); return; } // another set of columns: the table as a whole
    const rows = new Map(Array.from(body.rows).map((r) => [r.dataset.unit, r]));
    const order = [];
    for (const row of Array.from(fresh.rows)) {
      const have = rows.get(row.dataset.unit);
      if (!have) { order.push(document.importNode(row, true)); continue; }
      rows.delete(row.dataset.unit);
      Array.from(row.cells).forEach((cell, i) => {
        if (have.cells[i] && swap(have.cells[i], cell)) {
          have.cells[i].classList.remove('fresh-cell');
          void have.cells[i].offsetWidth; // the colour fades anew
          have.cells[i].classList.add('fresh-cell');
        }
      });
      order.push(have);
    }
    for (const gone of rows.values()) gone.remove();
    const sorted = old.dataset.sorted === '1';
    const before = Array.from(body.rows).filter((r) => order.includes(r));
    const want = sorted ? before.concat(order.filter((r) => !before.includes(r))) : order;
    const have = Array.from(body.rows);
    if (want.length === have.length && want.every((r, i) => r === have[i])) return;
    const held = document.activeElement;
    body.append(...want);
    // A row that moves in the document takes the focus away from what stands in it.
    if (held && body.contains(held) && held !== document.activeElement) held.focus({ preventScroll: true });
  }

  // What the reader looks at stays where it is, whatever grows above it.
  function keepPlace(change) {
    const boxes = Array.from(document.querySelectorAll('tr[data-unit], section, figure'));
    const anchor = boxes.find((b) => b.isConnected && b.getBoundingClientRect().bottom > 0);
    const was = anchor ? anchor.getBoundingClientRect().top : 0;
    const scrolls = Array.from(document.querySelectorAll('.league-scroll')).map((b) => [b, b.scrollTop, b.scrollLeft]);
    const top = window.scrollY;
    change();
    for (const [b, y, x] of scrolls) { b.scrollTop = y; b.scrollLeft = x; }
    if (top > 0 && anchor && anchor.isConnected && !anchor.matches('tr')) window.scrollBy({ top: anchor.getBoundingClientRect().top - was, behavior: 'instant' });
  }

  function put(doc) {
    keepPlace(() => {
      for (const box of document.querySelectorAll('[data-swap]')) {
        const now = doc.getElementById(box.id);
        if (!now) continue;
        // A chart that is alive has been redrawn by script: its numbers, not its drawing, tell whether it is another one.
        const option = (b) => { const s = b.querySelector('script[type="application/json"]'); return s ? s.textContent : b.innerHTML; };
        if (box.querySelector('.canvas') && option(box) === option(now)) continue;
        swap(box, now);
      }
      for (const t of document.querySelectorAll('table[data-live-rows]')) {
        const now = doc.getElementById(t.closest('section').id);
        const other = now && now.querySelector('table[data-live-rows]');
        if (other) table(t, other);
      }
      // Rows that are new are filtered by what is typed, as the others are.
      for (const input of document.querySelectorAll('input[data-filter]')) if (input.value !== input.defaultValue) input.dispatchEvent(new Event('input'));
    });
  }

  async function refresh() {
    if (busy || paused || wanted <= rev) return;
    busy = true;
    try {
      const res = await fetch(location.pathname + location.search, { headers: { Accept: 'text/html' }, cache: 'no-cache' });
      if (!res.ok || res.headers.get('X-Chiso-Stale')) throw new Error('page: ' + res.status);
      const doc = new DOMParser().parseFromString(await res.text(), 'text/html');
      const now = doc.getElementById('live');
      if (!now) throw new Error('page: another one');
      put(doc);
      rev = Number(now.dataset.rev);
      tries = 0;
      tell(words.sayNew);
    } catch (e) {
      tries++;
      setTimeout(refresh, Math.min(60000, 2000 * 2 ** tries));
      return;
    } finally {
      busy = false;
    }
    if (wanted > rev) setTimeout(refresh, 1000);
  }

  function open() {
    if (source) source.close();
    source = new EventSource(words.events);
    source.addEventListener('open', () => { clearTimeout(lost); lost = 0; if (!paused) tell(words.sayOn); });
    source.addEventListener('rev', (e) => {
      wanted = Math.max(wanted, Number(e.data));
      if (wanted <= rev) return;
      if (paused) tell(words.sayWaits);
      // Many pages hear at once and need not ask at once.
      else setTimeout(refresh, Math.random() * 1500);
    });
    source.addEventListener('error', () => {
      // The browser comes again by itself after a cut; after a refusal it does not.
      if (source.readyState === EventSource.CLOSED) { tell(words.sayOff, true); setTimeout(open, 60000); return; }
      if (!lost) lost = setTimeout(() => { tell(words.sayLost, true); }, 8000);
    });
  }

  button.addEventListener('click', () => {
    paused = !paused;
    button.setAttribute('aria-pressed', String(paused));
    button.textContent = paused ? words.sayResume : words.sayPause;
    tell(paused ? words.sayPaused : words.sayOn);
    if (!paused) refresh();
  });
  // A table that the reader has sorted here keeps that order.
  document.addEventListener('click', (e) => {
    const link = e.target.closest && e.target.closest('a.sort');
    if (link) link.closest('table').dataset.sorted = '1';
  });
  // A page that nobody sees holds no connection.
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) { if (source) source.close(); source = null; clearTimeout(lost); lost = 0; } else if (!source) open();
  });
  window.addEventListener('pagehide', () => { if (source) source.close(); });
  // Of the units of the trend, no more can be chosen than are drawn.
  for (const form of document.querySelectorAll('form[data-most]')) {
    const all = Array.from(form.querySelectorAll('input[type=checkbox]'));
    const bound = () => {
      const full = all.filter((c) => c.checked).length >= Number(form.dataset.most);
      for (const c of all) c.disabled = full && !c.checked;
    };
    form.addEventListener('change', bound);
    bound();
  }
  bar.hidden = false;
  tell(words.sayOn);
  if (!document.hidden) open();
})();
