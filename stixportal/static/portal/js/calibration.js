// A calibration run: the chosen pixel, its spectrum and its numbers; the address follows.
import { element } from "./plot.js";
import { Detectors } from "./detectors.js";

const byId = id => document.getElementById(id);
const box = byId("spectrum"), failure = byId("failure"), form = byId("run-options");
const HINT = byId("readout").textContent, FLOOR = .5, VIEWS = { lines: [220, 480], all: [0, 1024] };
let view, views, doc, shown, log = true, asked = 0;

const get = name => doc.get_model_by_name(name);
const pressed = (kind, value) => { for (const button of document.querySelectorAll(`[data-${kind}]`)) button.setAttribute("aria-pressed", button.dataset[kind] === value); };

async function answer(address) {
  const found = await fetch(address);
  if (!found.ok) throw Error(await found.json().then(problem => problem.detail, () => `The server answered ${found.status}.`));
  return found.json();
}

async function start() {
  try {
    views = await Bokeh.embed.embed_item(await answer(box.dataset.plot), byId("canvas"));
    view = views.roots[0];
    doc = view.model.document;
  } catch (error) { fail(error); return; }
  const x = get("x");
  for (const end of ["start", "end"]) x.properties[end].change.connect(fit);
  view.model.on_event("mousemove", event => read(event.x));
  view.model.on_event("mouseleave", () => { byId("readout").textContent = HINT; });
  document.addEventListener("theme", () => requestAnimationFrame(() => views.find_one(view.model)?.request_repaint()));
  document.addEventListener("command", ({ detail }) => { if (detail === "log") scale(!log); });
  await load(plane.current);
}

async function load(flat) {
  const turn = ++asked;
  box.setAttribute("aria-busy", "true");
  try {
    const found = await answer(`${box.dataset.spectrum}?detector=${Math.floor(flat / 12) + 1}&pixel=${flat % 12}`);
    if (turn !== asked) return;
    shown = found;
    failure.hidden = true;
    draw();
    box.dataset.filled = flat;
    box.removeAttribute("aria-busy");
  } catch (error) { if (turn === asked) fail(error); }
}

function fail(error) {
  failure.hidden = false;
  failure.querySelector("p").textContent = `The spectrum could not be drawn: ${error.message} What you see otherwise stays as it is.`;
  box.removeAttribute("aria-busy");
}

function draw() {
  const { name, facts, counts, nominal, found, energy } = shown;
  byId("pixel-name").textContent = name[0].toUpperCase() + name.slice(1);
  document.querySelector("[data-pixel-name]").textContent = name;
  byId("pixel-facts").replaceChildren(...facts.flatMap(([label, value, unit]) => {
    const cell = element("dd", value + (unit ? " " : ""));
    if (unit) cell.append(element("span", unit, "unit"));
    return [element("dt", label), cell];
  }));
  const y = Float64Array.from(counts, value => value === null ? NaN : log ? Math.max(value, FLOOR) : value);
  get("spectrum_data").data = { x: Float64Array.from(y, (_, channel) => channel), y };
  for (const [key, rows, high] of [["nominal", nominal, .98], ["found", found, .9]]) {
    get(`${key}_data`).data = rows.length
      ? { x: rows.map(([place]) => place), low: rows.map(() => 0), high: rows.map(() => high), label: rows.map(([, label]) => key === "found" ? "" : label.replace(" keV", "")) }
      : { x: [NaN], low: [NaN], high: [NaN], label: [""] };
  }
  get("kev").axis_label = energy.own ? "energy by this pixel's calibration (keV)" : "energy by a nominal calibration (keV)";
  fit();
}

function fit() {
  if (!shown) return;
  const { start, end } = get("x"), { gain, offset } = shown.energy;
  get("energy").setv({ start: (start - offset) * gain, end: (end - offset) * gain });
  const inside = shown.counts.slice(Math.max(0, Math.floor(start)), Math.ceil(end)).filter(value => value !== null);
  const high = Math.max(1, ...inside);
  get("spectrum_y").setv(log ? { start: FLOOR, end: high * 2.5 } : { start: 0, end: high * 1.15 });
}

function scale(logarithmic) {
  const figure = view.model, linear = figure.extra_y_scales.get?.("unit") ?? figure.extra_y_scales.unit;
  scale.log ??= figure.y_scale;
  log = logarithmic;
  figure.y_scale = new (log ? scale.log : linear).constructor();
  for (const kind of ["axis", "grid"]) {
    get(`spectrum_log_${kind}`).visible = log;
    get(`spectrum_linear_${kind}`).visible = !log;
  }
  pressed("scale", log ? "log" : "linear");
  draw();
}

function read(x) {
  const channel = Math.floor(x), value = shown?.counts[channel];
  if (value === undefined || channel < 0) { byId("readout").textContent = HINT; return; }
  const kev = (channel + .5 - shown.energy.offset) * shown.energy.gain;
  byId("readout").textContent = `Channel ${channel} (ADC ${4 * channel} to ${4 * channel + 4}), ${kev.toFixed(2)} keV${shown.energy.own ? "" : " nominally"}: ${value === null ? "no value" : `${value} counts`}`;
}

function follow(flat) {                                     // the form, the address, and links to other runs
  form.elements.detector.value = Math.floor(flat / 12) + 1;
  form.elements.pixel.value = flat % 12;
  for (const link of [null, ...document.querySelectorAll("a[data-keep]")]) {
    const url = new URL(link?.href ?? location.href);
    url.searchParams.set("detector", form.elements.detector.value);
    url.searchParams.set("pixel", form.elements.pixel.value);
    if (link) link.href = url.href; else history.replaceState(null, "", url.href);
  }
}

const plane = new Detectors(document.querySelector(".detectors"), flat => { follow(flat); load(flat); });
failure.querySelector("button").onclick = () => view ? load(plane.current) : start();
form.elements.show.onchange = () => form.requestSubmit();
for (const name of ["detector", "pixel"]) form.elements[name].onchange = () => plane.choose((form.elements.detector.value - 1) * 12 + +form.elements.pixel.value);
for (const button of document.querySelectorAll("[data-view]")) button.onclick = () => {
  const [first, last] = VIEWS[button.dataset.view];
  get("x").setv({ start: first, end: last });
  pressed("view", button.dataset.view);
};
for (const button of document.querySelectorAll("[data-scale]")) button.onclick = () => scale(button.dataset.scale === "log");
start();
