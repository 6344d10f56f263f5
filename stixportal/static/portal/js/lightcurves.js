// The curves of the light-curve page: what the columns of its parts mean and how they are drawn.
import { rowAt, token } from "./plot.js";

export const form = document.getElementById("options");
export const state = { parts: {}, drawn: {}, events: [] };
const FLOOR = .3;
const STYLES = ["step", "line", "points"];
const COLOURS = [1, 2, 3, 4, 5].map(band => token(`--band-${band}`)), GREY = token("--gap");
export const legend = [...document.querySelectorAll("[data-band]")];
export const switches = [...form.querySelectorAll("[type=checkbox][name=panels]")];

export const value = name => new FormData(form).get(name);
export const chosen = () => switches.filter(box => box.checked).map(box => box.value);
export const hidden = () => legend.filter(button => button.getAttribute("aria-pressed") === "false").map(button => button.dataset.band);
const shownBands = () => legend.map((_, band) => band).filter(band => !hidden().includes(`${band + 1}`));
export const quantity = key => key === "lc" ? "counts" : switches.find(box => box.value === key)?.dataset.quantity;
export const seconds = width => width % 86400 === 0 && width ? `${width / 86400} d` : width % 3600 === 0 && width ? `${width / 3600} h` : `${+width.toPrecision(4)} s`;

// Counts of a bin in the unit chosen: factor of each row, from its width and its band.
export function factors(part, kind, band) {
  const unit = value("units"), { t, w, about } = part, result = new Float64Array(t.length).fill(1);
  if (!kind || kind === "variance" || unit === "counts") return result;
  let factor = 1, table = 0;
  const tables = about.bands;
  for (let row = 0; row < t.length; row++) {
    while (tables[table + 1]?.[0] <= t[row]) table++;
    const [low, high] = tables[table]?.[1][band] ?? [0, 1];
    if (w[row] === w[row]) factor = 1 / w[row] / (unit === "flux" && kind === "counts" ? (high ?? NaN) - low : 1);
    result[row] = factor;
  }
  return result;
}

function curves(key, plot) {
  const part = state.parts[key], log = key === "var" || (key !== "trig" && value("scale") === "log");
  const kind = quantity(key), data = { t: part.t, c: part.t.map((t, row) => t + (part.w[row] || 0) * 500) };
  const banded = Boolean(part.l0), shown = [];
  for (let band = 0; part[`m${band}`]; band++) {
    const factor = factors(part, kind, band);
    for (const letter of "mlh") {
      const values = part[letter + band] ?? part[`m${band}`], column = new Float64Array(values.length);
      for (let row = 0; row < column.length; row++) {
        const number = values[row] * factor[row];
        column[row] = log && number < FLOOR * factor[row] ? FLOOR * factor[row] : number;
      }
      data[letter + band] = column;
    }
    if (kind !== "counts" || shownBands().includes(band)) shown.push(band);
  }
  const source = plot.get(`${key}_data`);
  for (const name of Object.keys(source.data)) data[name] ??= new Float64Array(part.t.length).fill(NaN);
  source.data = state.drawn[key] = data;
  for (let band = 0; part[`m${band}`]; band++) {
    const on = shown.includes(band);
    for (const style of STYLES) plot.get(`${key}_${style}${band}`).visible = on && style === value("style");
    plot.get(`${key}_band${band}`).visible = on && banded && value("style") === "step";
  }
  plot.fit(key, data, shown.flatMap(band => banded ? [`l${band}`, `h${band}`] : [`m${band}`]), log);
  return shown;
}

export function unitLabel(kind, part) {
  const unit = value("units"), name = kind === "triggers" ? "triggers" : "counts";
  if (unit === "counts") return part.about.width ? `${name} / ${seconds(part.about.width)}` : name;
  return `${name} / s${unit === "flux" && kind === "counts" ? " / keV" : ""}`;
}

function ends(shown, plot) {                                // each curve carries its band at its right end
  const { drawn } = state, { t } = drawn.lc, { start, end } = plot.x, range = plot.get("lc_y"), log = value("scale") === "log";
  const to = log ? Math.log : Number, from = log ? Math.exp : Number, rows = [];
  for (const band of shown) {
    let row = rowAt(t, end);
    while (row > 0 && !(drawn.lc[`m${band}`][row] > 0) && t[row] > start) row--;
    if (t[row] >= start && drawn.lc[`m${band}`][row] > 0) rows.push({ band, x: Math.min(end, Math.max(t[row + 1] ?? end, start + (end - start) * .07)), y: to(drawn.lc[`m${band}`][row]) });
  }
  const apart = (to(range.end) - to(range.start)) * 15 / 280;
  rows.sort((a, b) => a.y - b.y).forEach((row, at) => { if (at) row.y = Math.max(row.y, rows[at - 1].y + apart); });
  plot.get("ends").data = rows.length
    ? { x: rows.map(row => row.x), y: rows.map(row => from(row.y)), label: rows.map(row => (legend[row.band]?.textContent ?? "").trim().replace(" keV", "")), colour: rows.map(row => COLOURS[row.band]) }
    : { x: [NaN], y: [NaN], label: [""], colour: [GREY] };
}

function spans(plot) {
  const { start, end } = plot.x, { attenuator = [], gaps = [] } = state.parts.lc, { events } = state;
  const wide = ([a, b]) => (b - a) / (end - start) > .001;
  const behind = [...attenuator.filter(wide).map(([a, b]) => [a, b, (b - a) / (end - start) > .12 ? "attenuator in" : ""]), ...events.flatMap(row => row.spans)];
  plot.get("spans").data = behind.length
    ? { x0: behind.map(([a]) => a), x1: behind.map(([, b]) => b), xm: behind.map(([a, b]) => (Math.max(a, start) + Math.min(b, end)) / 2), label: behind.map(span => span[2] ?? "") }
    : { x0: [NaN], x1: [NaN], xm: [NaN], label: [""] };
  const rows = [{ title: "no data", spans: gaps, colour: GREY }, { title: "attenuator", spans: attenuator, colour: COLOURS[3] }, ...events.map((row, at) => ({ ...row, colour: COLOURS[(at + 4) % 5] }))].reverse();
  const marks = rows.flatMap((row, y) => row.spans.map(([x0, x1]) => ({ x0, x1, y0: y + .2, y1: y + .8, colour: row.colour })));
  const column = name => marks.length ? marks.map(mark => mark[name]) : [name === "colour" ? GREY : NaN];
  plot.get("events_data").data = Object.fromEntries(["x0", "x1", "y0", "y1", "colour"].map(name => [name, column(name)]));
  plot.get("events_y").setv({ start: 0, end: rows.length });
  plot.get("events_axis").major_label_overrides = new Map(rows.map((row, y) => [y + .5, row.title]));
  plot.get("events_ticker").ticks = rows.map((_, y) => y + .5);
}

function image(part, plot) {
  const source = plot.get("spec_data"), NDArray = source.data.image[0].constructor;
  source.data = { image: [new NDArray(part.image, part.image.shape)], x: part.x, y: part.y, dw: part.dw, dh: part.dh };
  plot.get("spec_colours").setv({ low: part.low, high: part.high });
  const missing = !part.detector && value("detector") !== "all";
  plot.get("spec_axis").axis_label = `keV\n${part.detector ? `detector ${part.detector}` : missing ? "all detectors (zoom in for one)" : "all detectors"}`;
}

// Another capability's panel: its columns go to its source as they are.
function plain(key, plot) {
  const source = plot.get(`${key}_data`), names = Object.keys(source.data), part = state.parts[key];
  const centre = part.t && part.t.map((t, row) => t + ((part.t[row + 1] ?? t) - t) / 2);
  const data = Object.fromEntries(names.map(name => [name, name === "c" ? centre : part[name]]));
  const empty = !data[names[0]]?.length;
  for (const [name, columns] of Object.entries(part.sources ?? {})) plot.get(name).data = columns;
  if (part.reach) plot.get(`${key}_y`).setv({ start: -part.reach, end: part.reach });
  source.data = empty ? Object.fromEntries(names.map(name => [name, [name === "label" ? "" : NaN]])) : data;
}

export function draw(plot) {
  const { parts } = state;
  if (!parts.lc) return;
  const on = ["lc", ...chosen()], log = value("scale") === "log";
  document.getElementById("detector").hidden = !on.includes("spec");
  for (const figure of plot.figures) {
    const key = figure.tags[0];
    figure.visible = on.includes(key) && Boolean(parts[key]);
    if (!figure.visible) continue;
    if (parts[key].image) image(parts[key], plot);
    else if (!parts[key].about) plain(key, plot);
    else {
      if (key === "lc" && figure.tags[1] !== log) { figure.tags = [key, log]; plot.scale(figure, log); }
      const shown = curves(key, plot);
      if (key === "lc") { ends(shown, plot); for (const kind of ["log", "linear"]) plot.get(`lc_${kind}_axis`).axis_label = unitLabel("counts", parts.lc); }
    }
  }
  spans(plot);
}

export function overview({ t, m0, l0, h0, extent }, plot) {
  if (!t) return;
  const floor = column => (column ?? m0).map(number => number < 1 ? 1 : number);
  const data = { t, m0: floor(m0), l0: floor(l0), h0: floor(h0) };
  plot.get("overview_data").data = data;
  plot.get("overview_band0").visible = Boolean(l0);
  const range = plot.get("overview_x");
  range.setv({ start: extent[0], end: extent[1] });
  const real = column => column.filter(number => number === number);
  plot.get("overview_y").setv({ start: Math.min(...real(data.l0)) / 1.2, end: Math.max(...real(data.h0)) * 1.3 });
}
