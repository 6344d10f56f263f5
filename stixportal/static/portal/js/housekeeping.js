// The housekeeping page: what the columns of its parts mean, the read-out, the events.
import { Plot, clock, element, rowAt, token } from "./plot.js";

const byId = id => document.getElementById(id);
const box = byId("plot"), readout = byId("readout"), HINT = readout.textContent, MISSING = "no data";
const COLOURS = { mode: "#3070c4", attenuator: "#d77934", limits: "#c8453b" }, GREY = token("--gap");
const SEVERITY = { 1: "#d9a400", 2: "#c8453b", soft: "#d9a400", hard: "#c8453b" };
let parts = {}, events = [];

const write = value => value.toLocaleString("en", { maximumFractionDigits: Math.abs(value) < 1 ? 4 : Math.abs(value) < 100 ? 3 : 1 }).replaceAll(",", "\u202f");
const unitOf = part => part.unit === "degC" ? "°C" : part.unit;
const column = (rows, read, none = NaN) => rows.length ? rows.map(read) : [none];

function number(key, part, plot) {
  const { t, m0, l0 } = part, { start, end } = plot.x, banded = Boolean(l0);
  const c = banded ? t.map((time, row) => (time + (t[row + 1] ?? time)) / 2) : t;
  const data = { t, c, m0, l0: l0 ?? m0, h0: part.h0 ?? m0 };
  plot.get(`${key}_data`).data = data;
  const few = t.length < 60;
  plot.get(`${key}_step0`).visible = banded;
  plot.get(`${key}_line0`).visible = !banded;
  plot.get(`${key}_points0`).visible = few;
  plot.get(`${key}_band0`).visible = banded && t.length > 1;
  plot.get(`${key}_out`).data = { x0: column(part.worst, run => run[0]), x1: column(part.worst, run => run[1]), colour: column(part.worst, run => SEVERITY[run[2]], GREY) };
  plot.get(`${key}_limits`).data = {
    x0: column(part.limits, line => Math.max(line[2] ?? start - 1e12, start - 1e12)), x1: column(part.limits, line => Math.min(line[3] ?? end + 1e12, end + 1e12)),
    v: column(part.limits, line => line[0]), colour: column(part.limits, line => SEVERITY[line[1]], GREY),
  };
  fit(key, data, banded, plot);
}

function fit(key, data, banded, plot) {                      // what is visible, with room; limits do not count
  const { start, end } = plot.x, first = Math.max(0, rowAt(data.t, start)), last = Math.max(first, rowAt(data.t, end));
  let low = Infinity, high = -Infinity;
  for (const name of banded ? ["l0", "h0"] : ["m0"]) {
    for (const value of data[name].slice(first, last + 1)) { if (value < low) low = value; if (value > high) high = value; }
  }
  if (low > high) return;
  const room = (high - low) * .12 || Math.abs(high) * .05 || 1;
  plot.get(`${key}_y`).setv({ start: low - room, end: high + room });
}

function lanes(key, part, plot) {
  const { x0, x1, y, a } = part;
  plot.get(`${key}_data`).data = { x0, x1, y, a: a ?? y.map(() => .55) };
  if (part.kind !== "state") return;
  plot.get(`${key}_names`).data = { x: part.lanes.map(() => 0), y: part.lanes.map((_, lane) => lane), label: part.lanes };
  plot.get(`${key}_y`).setv({ start: -.5, end: part.lanes.length - .5 });
}

function strip(plot) {
  const { start, end } = plot.x, least = (end - start) / 500, rows = [...events].reverse();
  const marks = rows.flatMap((row, y) => row.spans.map(([x0, x1]) => ({ x0, x1: Math.max(x1, x0 + least), y0: y + .2, y1: y + .8, colour: COLOURS[row.title] ?? GREY })));
  plot.get("events_data").data = Object.fromEntries(["x0", "x1", "y0", "y1", "colour"].map(name => [name, column(marks, mark => mark[name], name === "colour" ? GREY : NaN)]));
  plot.get("events_y").setv({ start: 0, end: Math.max(rows.length, 1) });
  plot.get("events_axis").major_label_overrides = new Map(rows.map((row, y) => [y + .5, row.title]));
  plot.get("events_ticker").ticks = rows.map((_, y) => y + .5);
}

function compare({ x, y }, plot) {
  plot.get("comparison_data").data = { x, y };
  for (const [name, values] of [["x", x], ["y", y]]) {
    const real = values.filter(value => value === value), low = real.reduce((a, b) => Math.min(a, b), Infinity), high = real.reduce((a, b) => Math.max(a, b), -Infinity);
    const room = (high - low) * .05 || Math.abs(high) * .05 || 1;
    if (real.length) plot.get(`comparison_${name}`).setv({ start: low - room, end: high + room });
  }
}

const plot = new Plot(box, {
  query: () => JSON.parse(box.dataset.query),
  fill(fresh, header, plot) {
    const { all } = fresh.about;
    ({ events } = header);
    parts = fresh;
    for (const [key, part] of Object.entries(fresh)) {
      if (part.kind === "number") number(key, part, plot);
      else if (part.kind) lanes(key, part, plot);
    }
    if (fresh.comparison) compare(fresh.comparison, plot);
    strip(plot);
    byId("resolution").textContent = all.resolution;
    byId("resolution").hidden = !all.resolution;
    byId("simulated").hidden = !all.simulated;
    byId("nothing").hidden = all.rows > 0;
    if (!all.rows) nothing(header.nearest, plot);
  },
  read,
  painted(token, plot) {                                    // texts that no custom property reaches
    for (const figure of plot.rows) {
      if (figure.title?.text) figure.title.text_color = token("--ink-2");
      const names = figure.name && plot.document.get_model_by_name(`${figure.name}_words`);
      names?.glyph.setv({ text_color: token("--ink"), background_fill_color: token("--panel") });
    }
  },
});

function nothing(nearest, { x }) {
  const [text, button] = byId("nothing").children;
  text.textContent = `No housekeeping from ${clock(x.start, 16)} to ${clock(x.end, 16)} UTC.` + (nearest ? ` The nearest data: ${clock(nearest, 16)}.` : "");
  button.hidden = !nearest;
  const half = (x.end - x.start) / 2;
  button.onclick = () => {
    history.pushState(null, "", location.href);
    document.dispatchEvent(new CustomEvent("range", { detail: { start: Math.round(nearest - half), stop: Math.round(nearest + half), source: "page" } }));
  };
}

function told(part, x) {
  if (part.kind === "number") {
    const row = rowAt(part.t, x), value = part.m0[row];
    if (row < 0 || value !== value) return MISSING;
    return part.l0 ? `${write(value)} (${write(part.l0[row])} to ${write(part.h0[row])}) ${unitOf(part)}` : `${write(value)} ${unitOf(part)}`;
  }
  const on = [];
  for (let run = 0; run < part.y.length; run++) if (part.x0[run] <= x && x < part.x1[run]) on.push(part.y[run]);
  if (part.kind === "state") return on.map(lane => part.lanes[lane]).join(", ") || MISSING;
  return part.reported ? `${on.length} on` : MISSING;
}

function read(x, plot, figure) {                             // values under the pointer, of all panels
  if (x === null || figure?.name === "comparison") { readout.textContent = HINT; return; }
  readout.replaceChildren(element("b", `${clock(x)} UTC`));
  for (const figure of plot.figures) {
    const part = parts[figure.tags[0]];
    if (!part) continue;
    const item = element("span", "");
    item.append(element("span", figure.title.text.split(" · ")[0], "unit"), ` ${told(part, x)}`);
    readout.append(item);
  }
  for (const { title, spans } of events) {
    for (const [start, stop, words] of spans) if (Math.abs(x - (start + stop) / 2) <= Math.max((stop - start) / 2, (plot.x.end - plot.x.start) / 500)) readout.append(element("span", `${title}: ${words}`));
  }
}

for (const button of document.querySelectorAll("[data-export]")) {
  button.hidden = false;
  button.onclick = async () => {
    const { start, end } = plot.x, { all } = parts.about, { save } = await import("./export.js");
    const files = [...document.querySelectorAll("#side [data-file]")].map(link => link.dataset.file), stamp = ms => clock(ms).replace(/[-:]/g, "").replace(" ", "T");
    await save(plot, button.dataset.export, {
      file: `stix_housekeeping_${stamp(start)}_${stamp(end)}`,
      title: `STIX housekeeping, ${clock(start)} to ${clock(end)} UTC at Solar Orbiter${all.simulated ? " (SIMULATED)" : ""}`,
      lines: [all.resolution, files.length ? `Files: ${files.slice(0, 3).join(", ")}${files.length > 3 ? ` and ${files.length - 3} more` : ""}` : location.href],
    });
  };
}
const options = byId("options");
document.addEventListener("range", ({ detail }) => {         // the options keep the range that is shown
  for (const name of ["start", "stop"]) options.elements[name].value = new Date(Math.round(detail[name])).toISOString().replace(/(\.000)?Z$/, "");
});
readout.hidden = false;
plot.start();
