// The light-curve page: the buttons around the plot, the read-out, the selection, the address.
import { Plot, clock, element, rowAt } from "./plot.js";
import { atEarth, clocks, earthAxis, moved } from "./clocks.js";
import { chosen, draw, factors, form, hidden, legend, overview, quantity, seconds, state, switches, unitLabel, value } from "./lightcurves.js";

const DEFAULTS = { scale: "log", style: "step", units: "counts", rebin: "1", detector: "all", panels: "rcr", hide: "", light_time: "0" };
const MISSING = "no data", HINT = document.getElementById("readout").textContent;
const byId = id => document.getElementById(id);

const plot = new Plot(byId("plot"), {
  query: () => ({ parts: ["lc", ...chosen(), ...(state.parts.overview ? [] : ["overview"])].join(), rebin: value("rebin") || "1", detector: value("detector") || "all", light_time: clocks() }),
  fill(fresh, header, plot) {
    state.parts = { ...state.parts, ...fresh };
    state.events = header.events;
    const { labels, about, sentence, shown } = fresh.lc;
    labels.forEach((text, band) => { legend[band].lastElementChild.textContent = text; });
    byId("sentence").textContent = sentence;
    byId("resolution").textContent = about.resolution;
    byId("resolution").hidden = !about.resolution;
    byId("simulated").hidden = !about.simulated;
    earthAxis(header, plot);
    draw(plot);
    if (fresh.overview) overview(fresh.overview, plot);
    byId("nothing").hidden = shown;
    if (!shown) nothing(header.nearest, plot);
    const { start, end } = plot.x;
    for (const button of document.querySelectorAll("[data-export=svg]")) button.hidden = end - start > 864e5;
  },
  read, select, moved,
  painted(token, plot) {                                    // parts that no custom property reaches
    plot.get("spec_bar").setv({ major_label_text_color: token("--ink-2"), bar_line_color: token("--rule") });
    plot.get("lc_ends").glyph.background_fill_color = token("--panel");
  },
});

const words = byId("loading").firstElementChild;
const length = seconds => [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]].map(([size, unit]) => [seconds / size, unit]).find(([count]) => count >= 1) ?? [seconds, "s"];
new MutationObserver(() => {
  if (!byId("plot").hasAttribute("aria-busy")) return;
  const { start, end } = plot.x ?? { start: +byId("plot").dataset.start, end: +byId("plot").dataset.stop }, [count, unit] = length((end - start) / 1000);
  words.textContent = `Loading ${+count.toPrecision(3)} ${unit} of light curves`;
}).observe(byId("plot"), { attributeFilter: ["aria-busy"] });

function jump(start, stop) {                                // a step that "back" undoes
  history.pushState(null, "", location.href);
  document.dispatchEvent(new CustomEvent("range", { detail: { start: Math.round(start), stop: Math.round(stop), source: "page" } }));
}

function nothing(nearest, { x }) {
  const [text, button] = byId("nothing").children;
  text.textContent = `No light curves from ${clock(x.start, 16)} to ${clock(x.end, 16)} UTC.` + (nearest ? ` The nearest data: ${clock(nearest, 16)}.` : "");
  button.hidden = !nearest;
  const half = (x.end - x.start) / 2;
  button.onclick = () => jump(nearest - half, nearest + half);
}

// Values under the pointer, of all panels; true values, not those clamped for the log axis.
function read(x) {
  const line = byId("readout"), { parts } = state;
  if (x === null || !parts.lc) { line.textContent = HINT; return; }
  line.replaceChildren(element("b", `${clock(x)} UTC${atEarth(x)}`));
  for (const key of ["lc", ...chosen()]) {
    const part = parts[key];
    if (part?.rcr) { entry("", regime(part, x)); continue; }
    if (!part?.about) continue;
    const row = rowAt(part.t, x), unit = quantity(key) === "variance" ? "variance" : unitLabel(quantity(key), part);
    const bands = Array.from({ length: 5 }, (_, band) => band).filter(band => part[`m${band}`] && !(key === "lc" && hidden().includes(`${band + 1}`)));
    if (key !== "lc") entry("", `${switches.find(box => box.value === key).parentElement.textContent.trim()}:`);
    for (const band of bands) entry(bands.length > 1 || key === "lc" ? `swatch band-${band + 1}` : "", number(part, band, row, quantity(key)));
    entry("unit", unit);
  }
  function entry(kind, text) {
    const item = element("span", kind.startsWith("swatch") ? "" : text, kind === "unit" ? kind : "");
    if (kind.startsWith("swatch")) item.append(element("span", "", kind), text);
    line.append(item);
  }
}
function number(part, band, row, kind) {
  const mean = part[`m${band}`][row];
  if (row < 0 || mean !== mean) return MISSING;
  const factor = factors(part, kind, band)[row], write = value => (value * factor).toLocaleString("en", { maximumFractionDigits: value * factor < 1 ? 4 : value * factor < 100 ? 2 : 1 }).replaceAll(",", "\u202f");
  return part.l0 ? `${write(mean)} (${write(part[`l${band}`][row])} to ${write(part[`h${band}`][row])})` : write(mean);
}
function regime({ x0, x1, rcr }, x) {
  const row = rowAt(x0, x);
  return row < 0 || x1[row] < x ? `RCR: ${MISSING}` : `RCR: ${rcr[row]}, attenuator ${rcr[row] > 0 ? "in" : "out"}`;
}

let selection = null;
function select(start, stop) {
  selection = [start, stop];
  const seen = byId("selection");
  seen.querySelector("p").textContent = `${clock(start)} to ${clock(stop)} UTC at Solar Orbiter, ${seconds(Math.round((stop - start) / 1000))}`;
  for (const button of seen.querySelectorAll("button")) button.disabled = false;
}
function selecting(on) {
  byId("select").setAttribute("aria-pressed", on);
  byId("selection").hidden = !on;
  byId("selection").querySelector("p").textContent = "Draw over the plot.";
  for (const button of byId("selection").querySelectorAll("button")) button.disabled = true;
  plot.mode(on);
}
byId("select").onclick = ({ currentTarget }) => selecting(currentTarget.getAttribute("aria-pressed") !== "true");
byId("selection").addEventListener("click", ({ target }) => {
  const action = target.closest("button")?.dataset.selection;
  if (!action) return;
  selecting(false);
  byId("select").focus();
  if (action === "zoom") jump(...selection);
});

// The options stand in the address, without those that are as usual.
function remember() {
  const url = new URL(location.href), now = { panels: chosen().join(), hide: hidden().join(), light_time: clocks() };
  for (const [name, usual] of Object.entries(DEFAULTS)) {
    const given = now[name] ?? value(name);
    if (given === usual) url.searchParams.delete(name); else url.searchParams.set(name, given);
  }
  history.replaceState(null, "", url.href.replaceAll("%3A", ":").replaceAll("%2C", ","));
  for (const link of document.querySelectorAll("a[data-options]")) {
    const file = new URL(link.href);
    for (const name of ["units", "rebin"]) file.searchParams.set(name, value(name));
    file.searchParams.set("light_time", clocks());
    link.href = file.href.replaceAll("%3A", ":");
  }
}
function recall() {
  const query = new URLSearchParams(location.search), read = name => query.getAll(name).filter(Boolean).join() || (query.has(name) ? "" : DEFAULTS[name]);
  for (const name of ["scale", "style", "units", "rebin", "detector"]) form.elements[name].value = read(name);
  form.elements.light_time.checked = read("light_time") === "1";
  for (const box of switches) box.checked = read("panels").split(",").includes(box.value);
  for (const button of legend) button.setAttribute("aria-pressed", !read("hide").split(",").includes(button.dataset.band));
  if (plot.view) { draw(plot); plot.load(); }
}
addEventListener("popstate", recall);
form.addEventListener("submit", event => event.preventDefault());
form.addEventListener("change", ({ target }) => {
  if (!target.reportValidity()) return;
  remember();
  draw(plot);
  if (["rebin", "detector", "light_time"].includes(target.name) || (target.name === "panels" && target.checked)) plot.load();
});
byId("legend").addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (!button) return;
  button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true");
  remember();
  draw(plot);
});
document.addEventListener("command", ({ detail }) => {
  if (detail !== "log") return;
  form.elements.scale.value = value("scale") === "log" ? "linear" : "log";
  remember();
  draw(plot);
});
for (const button of document.querySelectorAll("[data-export]")) {
  button.hidden = false;
  button.onclick = async () => {
    const { start, end } = plot.x, { about } = state.parts.lc, { save } = await import("./export.js");
    const names = plot.get("lc_ends").glyph, alpha = names.background_fill_alpha;
    names.background_fill_alpha = 0;                        // their ground has the colour of the screen
    await new Promise(requestAnimationFrame);
    const files = [...document.querySelectorAll("#side [data-file]")].map(link => link.dataset.file);
    await save(plot, button.dataset.export, {
      file: `stix_ql_lightcurves_${clock(start).replace(/[-:]/g, "").replace(" ", "T")}_${clock(end).replace(/[-:]/g, "").replace(" ", "T")}`,
      title: `STIX quick-look light curves, ${clock(start)} to ${clock(end)} UTC at Solar Orbiter${about.simulated ? " (SIMULATED)" : ""}`,
      lines: [...(byId("light").hidden ? [] : [byId("light").textContent]), `${about.resolution}, ${unitLabel("counts", state.parts.lc)}; detectors summed, not corrected for dead time, attenuator or grids`,
        files.length ? `Files: ${files.slice(0, 3).join(", ")}${files.length > 3 ? ` and ${files.length - 3} more` : ""}` : location.href],
    });
    names.background_fill_alpha = alpha;
  };
}
for (const button of [...legend, byId("select"), byId("readout")]) button.hidden = false;
byId("apply").hidden = true;
plot.start();
