// The range of a page: the address holds it; fields, links, keys and the plot follow each other
// through "range" events {start, stop, source} (milliseconds since 1970).
const form = document.getElementById("timebar"), start = form.elements.start, stop = form.elements.stop;
const plot = document.querySelector("[data-plot]");         // without a plot, a new range is a new page
const PLAIN = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d)(?::(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?)?Z?$/;
const UNIT = { min: 6e4, h: 36e5, d: 864e5, mo: 2592e6 };
const EARLIEST = Date.UTC(1990), LATEST = Date.UTC(2100), SHORTEST = 1000;
let range, notes;

function read(text) {                                       // null: the server knows more ways to write a time
  const parts = PLAIN.exec(text.trim());
  if (!parts) return null;
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(part => part && +part);
  const instant = Date.UTC(year, month - 1, day, hour, minute, second, +(parts[7] ?? "0").padEnd(3, "0"));
  return new Date(instant).toISOString().startsWith(`${parts[1]}-${parts[2]}-${parts[3]}`) ? instant : null;
}
const write = ms => new Date(ms).toISOString().replace(/(\.000)?Z$/, "");
const fromFields = () => {
  const span = { start: read(start.value), stop: read(stop.value) };
  return span.start !== null && span.stop !== null && span.stop > span.start ? span : null;
};
function address(href, span) {
  const url = new URL(href, location.href);
  url.searchParams.delete("span");
  url.searchParams.set("start", write(span.start));
  url.searchParams.set("stop", write(span.stop));
  return url.href.replaceAll("%3A", ":");
}

function show(span) {
  range = span;
  start.value = write(span.start);
  stop.value = write(span.stop);
  for (const field of [start, stop]) field.removeAttribute("aria-invalid");
  const half = (span.stop - span.start) / 2;
  for (const link of document.querySelectorAll("a[data-range]")) link.href = address(link.href, span);
  for (const [name, step] of [["left", -half], ["right", half]]) {
    const link = form.querySelector(`[data-command="${name}"]`);
    if (link) link.href = address(location.href, { start: span.start + step, stop: span.stop + step });
  }
}

function go(span, history = "pushState") {
  if (span.start < EARLIEST || span.stop > LATEST || span.stop - span.start < SHORTEST) return;
  const href = address(location.href, span);
  if (!plot) { location.assign(href); return; }
  if (history) window.history[history](null, "", href);
  show(span);
  document.dispatchEvent(new CustomEvent("range", { detail: { ...span, source: "timebar" } }));
}

async function follow() {                                   // side notes and numbers tell about the range shown
  const parts = document.querySelectorAll("#side, [data-follow]"), asked = location.href;
  if (!parts.length) return;
  const answer = await fetch(asked, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || asked !== location.href) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts) part.replaceChildren(...(page.getElementById(part.id) ?? part).childNodes);
  show(range);
}

form.addEventListener("submit", event => {
  const span = fromFields();
  if (!form.elements.span.value) form.elements.span.disabled = true;
  if (span && plot) { event.preventDefault(); go(span); }
  setTimeout(() => { form.elements.span.disabled = false; });
});
form.elements.span.addEventListener("change", ({ target }) => {
  const [, count, unit] = /^(\d+)(\w+)$/.exec(target.value) ?? [], span = range;
  target.value = "";
  if (!count || !span) return;
  const middle = (span.start + span.stop) / 2, half = count * UNIT[unit] / 2;
  go({ start: middle - half, stop: middle + half });
});
form.addEventListener("click", event => {
  const name = event.target.closest("a[data-command]")?.dataset.command;
  if (!name || !plot || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("command", { detail: name }));
});
document.addEventListener("command", ({ detail }) => {
  if (detail === "latest") document.getElementById("latest").click();
  if (detail === "time") { start.focus(); start.select(); }
  if (!range) return;
  const length = range.stop - range.start, middle = range.start + length / 2;
  const to = { left: [-.5, .5], right: [.5, .5], "zoom-in": [0, .25], "zoom-out": [0, 1] }[detail];
  if (to) go({ start: Math.round(middle + to[0] * length - length * to[1]), stop: Math.round(middle + to[0] * length + length * to[1]) });
});
document.addEventListener("range", ({ detail }) => {
  if (detail.source !== "timebar") {
    const span = { start: Math.round(detail.start), stop: Math.round(detail.stop) };
    history.replaceState(null, "", address(location.href, span));
    show(span);
  }
  clearTimeout(notes);
  notes = setTimeout(follow, 600);
});
addEventListener("popstate", () => {
  const query = new URLSearchParams(location.search);
  const span = { start: read(query.get("start") ?? ""), stop: read(query.get("stop") ?? "") };
  if (plot && span.start !== null && span.stop !== null) go(span, ""); else location.reload();
});

range = fromFields();
if (range) show(range);
