// The plots of orbit and pointing: panels to switch, marks of events, the read-out, the spacecraft.
import { Plot, clock, element, rowAt, token } from "./plot.js";

const byId = id => document.getElementById(id), form = byId("options"), readout = byId("readout"), HINT = readout.textContent;
const switches = [...form.querySelectorAll("[type=checkbox][name=panels]")];
const on = key => !switches.length || switches.some(box => box.checked && box.value === key);
const TITLES = { sun_distance_au: "Sun", earth_distance_au: "Earth" };
const SOURCES = { CK: "measured (CK)", aspect: "aspect product", nominal: "nominal, not measured" };
const number = (value, digits) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits }).replaceAll(",", "\u202f");
let parts = {};

const plot = new Plot(byId("plot"), {
  query: () => Object.fromEntries([...new FormData(form)].filter(([name]) => ["points", "frame"].includes(name))),
  fill(fresh, header, plot) {
    parts = fresh;
    for (const [key, columns] of Object.entries(fresh)) {
      const source = plot.get(key === "unusable" ? key : `${key}_data`);
      if (!columns[Object.keys(columns)[0]].length) { blank(source); continue; }
      source.data = Object.fromEntries(Object.keys(source.data).map(name => [name, columns[name]]));
    }
    for (const source of Object.keys(SOURCES)) if (plot.document.get_model_by_name(`${source}_data`) && !fresh[source]) blank(plot.get(`${source}_data`));
    draw(plot);
    requestAnimationFrame(() => plot.paint());            // an axis that moved leaves its old labels behind
  },
  read,
  painted(token, plot) {
    const ends = plot.document.get_model_by_name("distance_ends");
    if (ends) ends.glyph.background_fill_color = token("--panel");
  },
});

function blank(source) { source.data = Object.fromEntries(Object.keys(source.data).map(name => [name, [name === "label" ? "" : NaN]])); }

function draw(plot) {
  for (const figure of plot.figures) {
    figure.visible = on(figure.tags[0]);
    const names = figure.tags.slice(1), all = Object.values(parts).filter(part => names.some(name => part[name]));
    const joined = { t: all.flatMap(part => [...part.t]) };
    for (const name of names) joined[name] = all.flatMap(part => [...part[name]]);
    if (figure.tags[0] in FIXED) plot.get(`${figure.tags[0]}_y`).setv(FIXED[figure.tags[0]]);
    else fit(figure.tags[0], joined, names, plot);
  }
  const last = plot.figures.filter(figure => figure.visible).at(-1);
  for (const figure of plot.figures) axis(figure, figure === last);
  marks(plot);
  ends(plot);
}
const LEAST = { roll: .5, pitch: 30, yaw: 30 };               // deg, arcsec: less is drawn flat
const FIXED = { longitude: { start: -190, end: 190 }, carrington: { start: -12, end: 372 } };
const HEIGHTS = new Map();

function axis(figure, shown) {                              // the time axis stands under the last panel
  if (!HEIGHTS.has(figure)) HEIGHTS.set(figure, figure.height);
  for (const below of figure.below) {
    below.visible = shown;
    below.ticker.desired_num_ticks = plot.width < 420 ? 3 : 6;
  }
  figure.height = HEIGHTS.get(figure) + (shown ? 34 : 0);
}

function fit(name, source, columns, plot) {                 // about what is seen; a constant lies in the middle
  const { start, end } = plot.x;
  let low = Infinity, high = -Infinity;
  for (const column of columns) source.t.forEach((t, row) => {
    const value = source[column][row];
    if (t < start || t > end || value !== value) return;
    low = Math.min(low, value);
    high = Math.max(high, value);
  });
  if (low > high) return;
  const room = Math.max((high - low) * .08, LEAST[name] ?? 1e-3);
  plot.get(`${name}_y`).setv({ start: low - room, end: high + room * 1.6 });
}

function marks(plot) {
  const found = parts.ephemeris?.marks, source = plot.document.get_model_by_name("events_data");
  if (!source) return;
  if (!found?.length) { blank(source); return; }
  const { start, end } = plot.x, apart = (end - start) / plot.width * 150;
  let before = -Infinity;
  source.data = {
    x: found.map(([x]) => x),
    label: found.map(([x, words]) => { const free = x - before > apart && x > start && x < end - apart * .8; if (free) before = x; return free ? words.split(",")[0] : ""; }),
  };
}

function ends(plot) {                                       // curves of one panel carry their names at the right
  const source = plot.document.get_model_by_name("ends"), part = parts.ephemeris;
  if (!source || !part) return;
  const at = Math.max(0, rowAt(part.t, plot.x.end)), names = Object.keys(TITLES);
  source.data = { x: names.map(() => Math.min(plot.x.end, part.t[at])), y: names.map(name => part[name][at]), label: Object.values(TITLES), colour: [token("--band-1"), token("--band-4")] };
}

function read(x) {
  const first = Object.values(parts).find(part => part.t);
  if (x === null || !first) { readout.textContent = HINT; spacecraft(null); return; }
  readout.replaceChildren(element("b", `${clock(x, 16)} UTC`));
  const add = text => readout.append(element("span", text));
  if (parts.ephemeris) {
    const part = parts.ephemeris, at = name => between(part, name, x);
    add(`Sun ${number(at("sun_distance_au"), 4)} au`);
    add(`Earth ${number(at("earth_distance_au"), 4)} au`);
    add(`radius ${number(at("apparent_solar_radius_arcsec"), 1)}″`);
    add(`angle ${number(at("earth_sun_spacecraft_angle_deg"), 2)}°`);
    add(`light time ${number(at("light_time_difference_s"), 2)} s`);
    add(`latitude ${number(at("stonyhurst_latitude_deg"), 2)}°`);
    add(`${number(at("radial_velocity_km_s"), 2)} km/s`);
    spacecraft([at("hee_x_au"), at("hee_y_au")]);
    return;
  }
  for (const [source, part] of Object.entries(parts)) {
    if (!part.t) continue;
    const row = nearest(part.t, x);
    if (part.roll_deg[row] !== part.roll_deg[row]) continue;
    add(`roll ${number(part.roll_deg[row], 3)}°`);
    add(`pitch ${number(part.pitch_arcsec[row], 1)}″`);
    add(`yaw ${number(part.yaw_arcsec[row], 1)}″`);
    add(SOURCES[source]);
  }
}
function nearest(times, x) {
  const row = Math.max(0, rowAt(times, x));
  return times[row + 1] - x < x - times[row] ? row + 1 : row;
}
function between(part, name, x) {                           // linear between two instants
  const row = Math.max(0, Math.min(rowAt(part.t, x), part.t.length - 2)), [a, b] = [part[name][row], part[name][row + 1]];
  const share = (x - part.t[row]) / (part.t[row + 1] - part.t[row]);
  return b === undefined ? a : a + (b - a) * Math.max(0, Math.min(1, share));
}

let home = null;
function spacecraft(place) {                                // in the drawing above, while the pointer is in the plot
  const dot = document.querySelector("[data-spacecraft]"), drawing = dot?.closest("svg");
  if (!dot) return;
  if (!place) { if (home) for (const name of ["cx", "cy"]) dot.setAttribute(name, home[name]); drawing.classList.remove("moved"); home = null; return; }
  home ??= { cx: dot.getAttribute("cx"), cy: dot.getAttribute("cy") };
  dot.setAttribute("cx", place[0] * drawing.dataset.scale);
  dot.setAttribute("cy", -place[1] * drawing.dataset.scale);
  drawing.classList.add("moved");
}

form.addEventListener("change", ({ target }) => {
  if (target.name !== "panels") return;
  const url = new URL(location.href), chosen = switches.filter(box => box.checked).map(box => box.value);
  url.searchParams.delete("panels");
  url.searchParams.append("panels", chosen.join());
  history.replaceState(null, "", url.href.replaceAll("%3A", ":").replaceAll("%2C", ","));
  draw(plot);
});
form.addEventListener("submit", () => {                     // the range may have moved since the page was made
  const query = new URLSearchParams(location.search);
  for (const name of ["start", "stop"]) if (query.get(name)) form.elements[name].value = query.get(name);
});
for (const button of document.querySelectorAll("[data-export]")) {
  button.hidden = false;
  button.onclick = async () => {
    const { save } = await import("./export.js"), { start, end } = plot.x, title = document.querySelector("h1").textContent;
    await save(plot, button.dataset.export, {
      file: `solo_${location.pathname.split("/").filter(Boolean).at(-1)}_${clock(start, 10)}_${clock(end, 10)}`,
      title: `${title}, ${clock(start, 16)} to ${clock(end, 16)} UTC`,
      lines: [byId("plot").dataset.source, location.href],
    });
  };
}
readout.hidden = false;
plot.start();
