// Two clocks on one plot: the lower axis is UTC at Solar Orbiter, the upper one UTC at Earth.
// A window brings the shift of the upper axis and the differences for the read-outs.
import { clock } from "./plot.js";

const box = document.querySelector("#options [name=light_time]"), note = document.getElementById("light");
const HEIGHT = 52;                                          // of the upper axis, so that the curves keep theirs
let light = {}, window = [0, 1], height;

export const clocks = () => box.checked ? "1" : "0";

export function moved(plot) {
  const { start, end } = plot.x;
  if (light.seconds) plot.get("earth").setv({ start: start + light.shift, end: end + light.shift });
}

export function earthAxis(header, plot) {
  const figure = plot.rows[0], on = Boolean(header.light?.seconds);
  light = header.light ?? {};
  window = [header.start, header.stop];
  height ??= figure.height;
  note.textContent = light.note ?? "";
  note.hidden = !light.note;
  plot.get("earth_axis").setv({ visible: on, axis_label: on ? light.label.filter(Boolean).join(plot.small ? "\n" : ", ") : null });
  plot.get("solo_axis").axis_label = on ? "UTC at Solar Orbiter" : null;
  figure.height = height + (on ? HEIGHT + (plot.small ? 16 : 0) : 0);
  moved(plot);
}

// An instant at Solar Orbiter as the Earth's clock had it, in words; nothing where not asked for.
export function atEarth(x) {
  const { seconds } = light;
  if (!seconds) return "";
  const place = Math.min(Math.max((x - window[0]) / (window[1] - window[0]), 0), 1) * (seconds.length - 1);
  const at = Math.min(Math.floor(place), seconds.length - 2), later = seconds[at] + (seconds[at + 1] - seconds[at]) * (place - at);
  return ` at Solar Orbiter, ${clock(x + later * 1000)} UTC at Earth`;
}
