"use strict";
// Shows the content of the page: a corpus, its units, one document at a time, and what was rejected. All text of the
// corpus enters the page as text, never as markup. Long lists grow as they are read, and a search gives way between
// slices of work, so that fifty thousand units do not hold the page up.

const N_ROWS = 40; // that a list grows by
const SLICE_MS = 12;
const RIGHT_TO_LEFT = new Set(["ar", "fa"]);
// Places in a packed unit; see content.py.
const START = 0, END = 1, HEADING = 2, ADVICE = 3, ADVICE_SCORE = 4, THEMES = 5, SCORES = 6, CUES = 7;
const NO_THEME = "none";

const byId = (id) => document.getElementById(id);
const number = new Intl.NumberFormat("en");
const count = (n, noun) => `${number.format(n)} ${noun}${n === 1 ? "" : "s"}`;
const share = (part, whole) => (whole ? `${Math.round((100 * part) / whole)} %` : "–");
const nextTask = () => new Promise((done) => setTimeout(done));

/** Make an element: its properties (class, dir, … and dataset as data), then what is in it. */
function make(tag, properties, ...inside) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value !== undefined) element.setAttribute(name, value);
  }
  element.append(...inside);
  return element;
}

async function readContent() {
  const packed = atob(byId("content").textContent);
  const bytes = new Uint8Array(packed.length);
  for (let at = 0; at < bytes.length; at++) bytes[at] = packed.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

let content;
let units = []; // { doc, number, unit, key }: every unit that is shown; key is what the search compares

// ---- Names

const themeName = (theme) => {
  const words = theme.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};
const toneOf = (at) => (at === undefined ? "none" : `t${at % 6}`);
const languages = new Intl.DisplayNames(["en"], { type: "language", fallback: "code" });
function languageName(lang) {
  try {
    return languages.of(lang);
  } catch {
    return lang; // not a code
  }
}
const directionOf = (lang) => (RIGHT_TO_LEFT.has(lang) ? "rtl" : "ltr");
const headingOf = ({ doc, unit }) => {
  const block = doc.blocks[unit[HEADING]];
  return block ? doc.text.slice(block[0], block[1]) : "";
};

function tags(unit) {
  const made = unit[THEMES].map((at) => make("span", { class: `tag ${toneOf(at)}` }, themeName(content.themes[at])));
  if (!made.length) made.push(make("span", { class: "tag none" }, "No theme"));
  if (unit[ADVICE]) made.push(make("span", { class: "tag advice" }, "Advice"));
  return made;
}

// ---- Search keys: what the profile `search` of the library makes of a text

const folders = new Map();

function folder(lang) {
  if (!folders.has(lang)) {
    const table = content.folds[lang] ?? {};
    const characters = Object.keys(table).map((c) => `\\u{${c.codePointAt(0).toString(16)}}`);
    const pattern = characters.length ? new RegExp(`[${characters.join("")}]`, "gu") : null;
    folders.set(lang, (text) => {
      const lowered = text.normalize("NFKC").toLowerCase();
      return pattern ? lowered.replace(pattern, (c) => table[c]) : lowered;
    });
  }
  return folders.get(lang);
}

const searchTerms = (query, lang) => folder(lang)(query).split(/\s+/u).filter(Boolean);

function searchKey(item) {
  item.key ??= folder(item.doc.lang)(
    `${item.doc.id}\n${headingOf(item)}\n${item.doc.text.slice(item.unit[START], item.unit[END])}`,
  );
  return item.key;
}

/** Where the terms of a search stand in a text, as [start, end]. */
function findHits(text, lang, query) {
  const terms = query ? searchTerms(query, lang) : [];
  if (!terms.length) return [];
  const fold = folder(lang);
  const origins = [];
  let folded = "";
  let at = 0;
  for (const character of text) {
    const key = fold(character);
    for (let i = 0; i < key.length; i++) origins.push(at);
    folded += key;
    at += character.length;
  }
  origins.push(at);
  const found = [];
  for (const term of terms) {
    for (let i = folded.indexOf(term); i >= 0; i = folded.indexOf(term, i + term.length)) {
      found.push([origins[i], Math.max(origins[i + term.length], origins[i] + 1)]);
    }
  }
  found.sort((a, b) => a[0] - b[0]);
  const joined = [];
  for (const [start, end] of found) {
    const last = joined.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([start, end]);
  }
  return joined;
}

// ---- Marked text

/** Cut text[start:end] where a mark begins or ends; marks are { start, end, wrap }, wrap puts an element around. */
function markedText(text, start, end, marks) {
  const near = marks.filter((mark) => mark.start < end && mark.end > start);
  const borders = new Set([start, end]);
  for (const mark of near) borders.add(Math.max(start, mark.start)).add(Math.min(end, mark.end));
  const cuts = [...borders].sort((a, b) => a - b);
  const pieces = document.createDocumentFragment();
  for (let i = 0; i + 1 < cuts.length; i++) {
    let piece = document.createTextNode(text.slice(cuts[i], cuts[i + 1]));
    for (const mark of near) {
      if (mark.start <= cuts[i] && mark.end >= cuts[i + 1]) piece = mark.wrap(piece, cuts[i] === mark.start);
    }
    pieces.append(piece);
  }
  return pieces;
}

function cueMarks(unit) {
  return unit[CUES].map(([start, end, at]) => {
    const [kind, theme] = content.cueKinds[at];
    const tone = theme ? toneOf(content.themes.indexOf(theme)) : "cue-advice";
    const title = `cue: ${kind.replaceAll("_", " ")}`;
    return { start, end, wrap: (piece) => make("span", { class: `cue ${tone}`, title }, piece) };
  });
}

// ---- Lists that grow as they are read

class GrowingList {
  #items = [];
  #shown = 0;

  constructor(list, button, makeRow) {
    this.list = list;
    this.button = button;
    this.makeRow = makeRow;
    button.addEventListener("click", () => {
      const before = this.#shown;
      this.grow();
      const row = list.children[before];
      const target = row?.querySelector("a, button") ?? row;
      target?.focus();
    });
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.grow();
      observer.unobserve(button); // begin anew, or a button that is still near says nothing more
      observer.observe(button);
    }, { rootMargin: "600px" });
    observer.observe(button);
  }

  show(items) {
    this.#items = items;
    this.#shown = 0;
    this.list.replaceChildren();
    this.grow();
  }

  growTo(at) {
    while (this.#shown <= at && this.#shown < this.#items.length) this.grow();
  }

  grow() {
    const rows = this.#items.slice(this.#shown, this.#shown + N_ROWS);
    this.list.append(...rows.map((item) => this.makeRow(item)));
    this.#shown += rows.length;
    this.button.hidden = this.#shown >= this.#items.length;
  }
}

// ---- Overview

function barCell(parts, whole) {
  const bars = make("span", { "aria-hidden": "true" });
  for (const { tone, n } of parts) {
    if (!n) continue;
    const bar = make("i", { class: tone });
    bar.style.width = `${(100 * n) / whole}%`;
    bars.append(bar);
  }
  return make("td", { class: "bars" }, bars);
}

const headRow = (...names) =>
  make("thead", null, make("tr", null, ...names.map((name) =>
    make("th", name ? { scope: "col" } : { class: "bars", "aria-hidden": "true" }, name))));

const linkCell = (name, query) => make("th", { scope: "row" }, make("a", { href: `#units?${query}` }, name));

function showOverview() {
  const langs = Object.keys(content.totals);
  const sum = (value) => langs.reduce((total, lang) => total + value(content.totals[lang]), 0);
  const nUnits = sum((own) => own.units);
  const nNone = sum((own) => own.themes.at(-1));
  const nRejects = content.rejects && Object.values(content.rejects.reasons).reduce((a, b) => a + b, 0);
  const tiles = [
    ["Documents", number.format(sum((own) => own.documents))],
    ["Advice units", number.format(nUnits)],
    ["Are advice", share(sum((own) => own.advice), nUnits)],
    ["Have a theme", share(nUnits - nNone, nUnits)],
  ];
  if (content.rejects) tiles.push(["Rejected records", number.format(nRejects)]);
  byId("tiles").append(...tiles.map(([name, value]) => make("div", null, make("dt", null, name), make("dd", null, value))));

  const perTheme = [...content.themes, NO_THEME].map((theme, at) => ({
    theme,
    tone: theme === NO_THEME ? "none" : toneOf(at),
    name: theme === NO_THEME ? "No theme" : themeName(theme),
    n: sum((own) => own.themes[at]),
    advice: sum((own) => own.adviceOf[at]),
    parts: langs.map((lang, i) => ({ tone: `l${Math.min(i, 3)}`, n: content.totals[lang].themes[at] })),
  }));
  const most = Math.max(1, ...perTheme.map((row) => row.n));
  byId("theme-chart").append(headRow("Theme", "", "Units", "of all", "Advice"), make("tbody", null,
    ...perTheme.map((row) => make("tr", null,
      linkCell(row.name, `theme=${encodeURIComponent(row.theme)}`),
      barCell(row.parts, most),
      make("td", null, number.format(row.n)),
      make("td", null, share(row.n, nUnits)),
      make("td", null, share(row.advice, row.n))))));
  byId("language-key").append(...langs.flatMap((lang, i) =>
    [make("span", { class: `swatch l${Math.min(i, 3)}` }), `${languageName(lang)} `]));

  const largest = Math.max(1, ...langs.map((lang) => content.totals[lang].units));
  byId("language-chart").append(headRow("Language", "", "Documents", "Units", "Advice"), make("tbody", null,
    ...langs.map((lang, i) => {
      const own = content.totals[lang];
      return make("tr", null,
        linkCell(languageName(lang), `lang=${encodeURIComponent(lang)}`),
        barCell([{ tone: `l${Math.min(i, 3)}`, n: own.units }], largest),
        make("td", null, number.format(own.documents)),
        make("td", null, number.format(own.units)),
        make("td", null, share(own.advice, own.units)));
    })));

  if (units.length < nUnits) {
    byId("sampled").hidden = false;
    byId("sampled").textContent =
      `The counts are of the whole corpus. Shown are ${number.format(units.length)} of its ${number.format(nUnits)} units ` +
      `(${number.format(content.documents.length)} documents, drawn evenly); --max-units shows more.`;
  }
  byId("examples").append(...perTheme.filter((row) => row.n).map(showExamples));
}

/** The surest unit of a theme in each language, among those that are neither crumbs nor whole pages. */
function showExamples({ theme, tone, name, n }) {
  const at = content.themes.indexOf(theme);
  const best = new Map();
  for (const item of units) {
    const { unit, doc } = item;
    const length = unit[END] - unit[START];
    if (length < 60 || length > 420 || (at < 0 ? unit[THEMES].length : unit[THEMES][0] !== at)) continue;
    const score = at < 0 ? 100 - Math.max(0, ...unit[SCORES]) : unit[SCORES][at] + unit[ADVICE] / 2;
    if (score > (best.get(doc.lang)?.score ?? -1)) best.set(doc.lang, { score, item });
  }
  const rows = Object.keys(content.totals).filter((lang) => best.has(lang)).map((lang) => unitCard(best.get(lang).item));
  return make("section", { class: "example" },
    make("header", null,
      make("h3", null, make("span", { class: `tag ${tone}` }, name)),
      make("a", { href: `#units?theme=${encodeURIComponent(theme)}` }, `all ${count(n, "unit")}`)),
    rows.length ? make("ul", { class: "examples" }, ...rows) : make("p", { class: "hint" }, "None of a length to show here."));
}

// ---- Units

function unitCard(item, query = "") {
  const { doc, unit } = item;
  const heading = headingOf(item);
  const base = unit[START];
  const text = doc.text.slice(base, unit[END]);
  const marks = cueMarks(unit).map((mark) => ({ ...mark, start: mark.start - base, end: mark.end - base }));
  for (const [start, end] of findHits(text, doc.lang, query)) {
    marks.push({ start, end, wrap: (piece) => make("mark", null, piece) });
  }
  const paragraphs = [...text.matchAll(/[^\n]+/gu)].map((line) =>
    make("p", { class: "text" }, markedText(text, line.index, line.index + line[0].length, marks)));
  const scores = content.themes.map((theme, at) => {
    const level = make("b");
    level.style.width = `${unit[SCORES][at]}%`;
    return make("li", { class: toneOf(at) }, make("i", { "aria-hidden": "true" }, level), `${themeName(theme)} ${unit[SCORES][at]} %`);
  });
  scores.push(make("li", null, `Advice ${unit[ADVICE_SCORE]} %`));
  return make("li", { class: "card unit-card", dir: directionOf(doc.lang) },
    make("header", null, ...tags(unit),
      make("a", { class: "link", dir: "auto", href: `#documents/${doc.at}/${item.number}` }, `${doc.id}, unit ${item.number + 1}`)),
    heading ? make("p", { class: "heading", lang: doc.lang }, heading) : "",
    make("div", { class: "body", lang: doc.lang }, ...paragraphs),
    make("ul", { class: "scores", dir: "ltr", "aria-label": "Probabilities" }, ...scores));
}

let unitList;
let search = 0; // the latest one goes on, those before it stop

function filterValues() {
  return Object.fromEntries([...new FormData(byId("filters"))].filter(([, value]) => value));
}

async function filterUnits() {
  const own = ++search;
  const { lang, theme, advice, q = "" } = filterValues();
  const at = content.themes.indexOf(theme);
  const terms = new Map(Object.keys(content.totals).map((name) => [name, searchTerms(q, name)]));
  const found = [];
  let stop = performance.now() + SLICE_MS;
  for (const item of units) {
    const { doc, unit } = item;
    if (lang && doc.lang !== lang) continue;
    if (advice && (advice === "yes") !== Boolean(unit[ADVICE])) continue;
    if (theme && (theme === NO_THEME ? unit[THEMES].length : !unit[THEMES].includes(at))) continue;
    if (terms.get(doc.lang).length) {
      const key = searchKey(item);
      if (!terms.get(doc.lang).every((term) => key.includes(term))) continue;
    }
    found.push(item);
    if (performance.now() > stop) {
      await nextTask();
      if (own !== search) return;
      stop = performance.now() + SLICE_MS;
    }
  }
  unitList.makeRow = (item) => unitCard(item, q);
  unitList.show(found);
  byId("n-found").textContent =
    found.length === units.length ? `All ${count(units.length, "unit")}.`
    : found.length ? `${number.format(found.length)} of ${count(units.length, "unit")}.`
    : "No unit is like that: clear a filter, or search for fewer words.";
}

function setFilters(query) {
  const given = new URLSearchParams(query);
  for (const field of byId("filters").elements) {
    if (field.name) field.value = given.get(field.name) ?? "";
  }
  filterUnits();
}

function prepareFilters() {
  const { lang, theme } = byId("filters").elements;
  lang.append(...Object.keys(content.totals).map((name) => make("option", { value: name }, languageName(name))));
  theme.append(...content.themes.map((name) => make("option", { value: name }, themeName(name))));
  theme.append(make("option", { value: NO_THEME }, "no theme"));
  unitList = new GrowingList(byId("unit-rows"), byId("unit-more"), unitCard);
  let waiting;
  const changed = () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const query = new URLSearchParams(filterValues()).toString();
      history.replaceState(null, "", query ? `#units?${query}` : "#units");
      filterUnits();
    }, 120);
  };
  byId("filters").addEventListener("input", changed);
  byId("filters").addEventListener("reset", () => setTimeout(changed));
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
}

// ---- Documents

let shownDocument = -1;
let nameList;

function documentRow(doc) {
  const current = doc.at === shownDocument ? "true" : undefined;
  return make("li", null, make("a", { href: `#documents/${doc.at}`, "aria-current": current },
    make("bdi", null, String(doc.id)), make("small", null, `${doc.lang} · ${doc.units.length}`)));
}

function prepareDocuments() {
  nameList = new GrowingList(byId("document-names"), byId("document-more"), documentRow);
  nameList.show(content.documents);
  byId("document-find").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    nameList.show(content.documents.filter((doc) => String(doc.id).toLowerCase().includes(wanted)));
  });
  byId("previous").addEventListener("click", () => { location.hash = `#documents/${shownDocument - 1}`; });
  byId("next").addEventListener("click", () => { location.hash = `#documents/${shownDocument + 1}`; });
  for (const id of ["with-cues", "with-changes"]) {
    byId(id).addEventListener("change", () => showPage(content.documents[shownDocument]));
  }
  byId("document-key").append(
    ...content.themes.map((theme, at) => make("span", { class: `tag ${toneOf(at)}` }, themeName(theme))).flatMap((tag) => [tag, " "]),
    "tinted: advice units by their main theme. Grey with a dotted edge: boilerplate.");
  prepareTip();
}

function showDocument(at, unitNumber) {
  if (!content.documents.length) return;
  at = Math.min(Math.max(at || 0, 0), content.documents.length - 1);
  const doc = content.documents[at];
  if (at !== shownDocument) {
    shownDocument = at;
    nameList.growTo(at);
    for (const link of byId("document-names").querySelectorAll("a")) {
      if (link.getAttribute("href") === `#documents/${at}`) {
        link.setAttribute("aria-current", "true");
        const box = byId("document-scroll");
        const top = link.offsetTop - box.offsetTop;
        if (top < box.scrollTop || top > box.scrollTop + box.clientHeight - 40) box.scrollTop = top - 80;
      } else link.removeAttribute("aria-current");
    }
    byId("previous").disabled = at === 0;
    byId("next").disabled = at === content.documents.length - 1;
    byId("document-title").textContent = doc.id;
    byId("document-facts").textContent = documentFacts(doc);
    byId("with-changes").disabled = !doc.changes.length;
    showPage(doc);
  }
  for (const piece of byId("page").querySelectorAll(".aim")) piece.classList.remove("aim");
  const pieces = unitNumber === undefined ? [] : byId("page").querySelectorAll(`[data-unit="${Number(unitNumber)}"]`);
  for (const piece of pieces) piece.classList.add("aim");
  if (pieces.length) pieces[0].scrollIntoView({ block: "center" });
}

function documentFacts(doc) {
  const facts = [languageName(doc.lang), count(doc.units.length, "unit")];
  if (doc.form === "text") {
    facts.push(doc.changes.length
      ? `${count(doc.changes.length, "place")} changed by normalizing: point at one, or go from one to the next with the arrow keys`
      : "nothing changed by normalizing");
  } else if (doc.form === "raw") {
    facts.push("shown as written: no profile of this version of socialtext makes the normalized text that the result holds");
  } else {
    facts.push("units only: process with --records documents --with-text to see whole pages and what normalizing changed");
  }
  return facts.join(" · ");
}

function showPage(doc) {
  hideTip();
  const marks = [];
  if (byId("with-cues").checked) marks.push(...doc.units.flatMap(cueMarks));
  if (byId("with-changes").checked) marks.push(...doc.changes.map(changeMark));
  marks.sort((a, b) => a.start - b.start);
  const page = byId("page");
  page.replaceChildren();
  page.setAttribute("lang", doc.lang);
  page.setAttribute("dir", directionOf(doc.lang));
  let unitAt = 0;
  let markAt = 0;
  for (const [start, end, kindAt] of doc.blocks) {
    const kind = content.blockKinds[kindAt];
    const element = make(kind === "heading" ? "h3" : "p", { class: kind });
    while (markAt < marks.length && marks[markAt].end <= start) markAt++;
    const near = [];
    for (let i = markAt; i < marks.length && marks[i].start < end; i++) near.push(marks[i]);
    let done = start;
    while (unitAt < doc.units.length && doc.units[unitAt][END] <= start) unitAt++;
    for (let i = unitAt; i < doc.units.length && doc.units[i][START] < end; i++) {
      const unit = doc.units[i];
      const from = Math.max(start, unit[START]);
      const to = Math.min(end, unit[END]);
      if (from > done) element.append(markedText(doc.text, done, from, near));
      const piece = make("span", { class: `unit ${toneOf(unit[THEMES][0])}`, "data-unit": i });
      if (from === unit[START]) piece.append(unitLabel(unit, i), " ");
      piece.append(markedText(doc.text, from, to, near));
      element.append(piece);
      done = to;
    }
    if (done < end) element.append(markedText(doc.text, done, end, near));
    page.append(element);
  }
  page.querySelector(".changed")?.setAttribute("tabindex", "0");
}

function unitLabel(unit, at) {
  const words = unit[THEMES].map((theme) => themeName(content.themes[theme]));
  if (unit[ADVICE]) words.push("advice");
  return make("span", { class: `tag label ${toneOf(unit[THEMES][0])}`, lang: "en", dir: "ltr" }, [at + 1, ...words].join(" · "));
}

// ---- Changes: what stood there before, on hover, touch or focus

function changeMark([start, end, before, steps]) {
  return {
    start,
    end,
    wrap: (piece, isFirst) => {
      // One stop for the tab key in the whole page; the arrow keys go on from there.
      const element = make("span", { class: "changed", tabindex: isFirst ? "-1" : undefined }, piece);
      element.change = { before, steps };
      return element;
    },
  };
}

/** Show what cannot be seen: control and format characters by their code, blanks that are no single space. */
function reveal(text) {
  const pieces = document.createDocumentFragment();
  for (const piece of text.split(/(\p{Cc}|\p{Cf}|[^\S ]| {2,})/u)) {
    if (!piece) continue;
    if (piece === "\u200c" || !/^(?:\p{Cc}|\p{Cf}|[^\S ]| {2,})$/u.test(piece)) pieces.append(piece);
    else if (piece.startsWith("  ")) pieces.append("\u2423".repeat(piece.length));
    else pieces.append(make("code", { dir: "ltr" }, `U+${piece.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`));
  }
  return pieces;
}

function showTip(element) {
  const { before, steps } = element.change;
  const tip = byId("tip");
  const { lang, dir } = byId("page");
  const explained = steps.map((step) => `${step}: ${content.steps[step] ?? ""}`).join("; ");
  tip.replaceChildren(
    make("small", null, "was written"), make("p", { lang, dir }, reveal(before)), make("small", null, explained));
  tip.hidden = false;
  const place = element.getClientRects()[0];
  const left = Math.min(place.left, document.documentElement.clientWidth - tip.offsetWidth - 12);
  const below = place.bottom + tip.offsetHeight + 12 < innerHeight;
  tip.style.left = `${scrollX + Math.max(8, left)}px`;
  tip.style.top = `${scrollY + (below ? place.bottom + 6 : place.top - tip.offsetHeight - 6)}px`;
  element.setAttribute("aria-describedby", "tip");
}

function hideTip() {
  byId("tip").hidden = true;
  byId("page").querySelector("[aria-describedby]")?.removeAttribute("aria-describedby");
}

function prepareTip() {
  const page = byId("page");
  const over = (event) => {
    const element = event.target.closest?.(".changed");
    if (element) showTip(element);
    else hideTip();
  };
  page.addEventListener("pointerover", over);
  page.addEventListener("focusin", over);
  page.addEventListener("click", over); // touch
  page.addEventListener("pointerleave", (event) => { if (event.relatedTarget !== byId("tip")) hideTip(); });
  page.addEventListener("focusout", hideTip);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideTip();
    const onward = { ArrowDown: 1, ArrowUp: -1, ArrowRight: page.dir === "rtl" ? -1 : 1, ArrowLeft: page.dir === "rtl" ? 1 : -1 };
    if (!(event.key in onward) || !event.target.matches?.(".changed")) return;
    const stops = [...page.querySelectorAll(".changed[tabindex]")];
    const next = stops[stops.indexOf(event.target) + onward[event.key]];
    if (!next) return;
    event.preventDefault();
    event.target.setAttribute("tabindex", "-1");
    next.setAttribute("tabindex", "0");
    next.focus();
  });
}

// ---- Rejects

function showRejects() {
  const { rejects } = content;
  if (!rejects) {
    byId("reject-facts").textContent = "No file of rejects was given: report RESULT -o FILE.html --rejects FILE shows what could not be processed.";
    byId("reject-more").hidden = true;
    return;
  }
  const reasons = Object.entries(rejects.reasons);
  const n = reasons.reduce((total, [, own]) => total + own, 0);
  byId("n-rejects").textContent = number.format(n);
  byId("reject-facts").textContent = !n ? "Nothing was rejected."
    : `${count(n, "record")} could not be processed` + (n > rejects.rows.length ? `; the first ${number.format(rejects.rows.length)} are listed.` : ".");
  byId("reason-chart").hidden = byId("reject-table").hidden = !n;
  const most = Math.max(1, ...reasons.map(([, own]) => own));
  byId("reason-chart").append(headRow("Reason", "", "Records"), make("tbody", null, ...reasons.map(([reason, own]) =>
    make("tr", null, make("th", { scope: "row" }, reason), barCell([{ tone: "l1", n: own }], most), make("td", null, number.format(own))))));
  new GrowingList(byId("reject-rows"), byId("reject-more"), (row) =>
    make("tr", null, ...row.map((value) => make("td", { dir: "auto" }, String(value))))).show(rejects.rows);
}

// ---- Views, by the fragment of the address: #units?lang=fa&theme=data, #documents/3/12

const VIEWS = ["overview", "units", "documents", "rejects"];

function route() {
  const [, path, query] = /^#?([^?]*)\??(.*)$/u.exec(location.hash);
  const [name, ...rest] = path.split("/");
  if (name === "main") return; // the skip link
  const view = VIEWS.includes(name) ? name : "overview";
  const isOther = byId(view).hidden;
  for (const id of VIEWS) byId(id).hidden = id !== view;
  for (const link of byId("views").children) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  hideTip();
  if (isOther) scrollTo(0, 0);
  if (view === "units") setFilters(query);
  if (view === "documents") showDocument(Number(rest[0] ?? Math.max(shownDocument, 0)), rest[1]);
}

function prepareScheme() {
  const choice = byId("scheme");
  const choose = () => { document.documentElement.style.colorScheme = choice.value; };
  try {
    choice.value = localStorage.getItem("socialtext-scheme") ?? choice.value;
  } catch { /* a page from a file may have no storage */ }
  choice.addEventListener("change", () => {
    choose();
    try {
      localStorage.setItem("socialtext-scheme", choice.value);
    } catch { /* as above */ }
  });
  choose();
}

async function start() {
  prepareScheme();
  content = await readContent();
  content.documents.forEach((doc, at) => { doc.at = at; });
  units = content.documents.flatMap((doc) => doc.units.map((unit, at) => ({ doc, unit, number: at, key: null })));
  byId("source").textContent = content.source;
  byId("n-units").textContent = number.format(units.length);
  byId("n-documents").textContent = number.format(content.documents.length);
  showOverview();
  prepareFilters();
  prepareDocuments();
  showRejects();
  byId("loading").remove();
  addEventListener("hashchange", route);
  route();
  document.body.dataset.ready = "yes";
}

start().catch((error) => {
  byId("loading").textContent = `This page could not be shown: ${error}. It needs a browser of 2023 or newer.`;
});
