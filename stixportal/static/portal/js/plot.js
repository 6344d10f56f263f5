// A plot box: loads the empty document once, then fills it from windows as the range moves.
// What the columns mean is the page's business: `page` gives query(), fill(parts, header, plot).
const TYPES = { f8: Float64Array, f4: Float32Array, i4: Int32Array, i2: Int16Array, u1: Uint8Array };
const WAIT = 120;

export function unpack(buffer) {
  const length = new DataView(buffer).getUint32(4, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  for (const columns of Object.values(header.parts)) {
    for (const [name, [code, place, shape, first]] of Object.entries(columns)) {
      if (code === "json") { columns[name] = place; continue; }
      columns[name] = new (TYPES[code] ?? Int32Array)(buffer, 8 + length + place, shape.reduce((a, b) => a * b, 1));
      let sum = first;
      if (code === "d4") columns[name] = Float64Array.from(columns[name], step => sum += step);
      columns[name].shape = shape;
    }
  }
  return header;
}

// The last row that begins at or before an instant; -1 if there is none.
export function rowAt(times, instant) {
  let low = 0, high = times.length;
  while (low < high) { const middle = (low + high) >> 1; times[middle] <= instant ? low = middle + 1 : high = middle; }
  return low - 1;
}

export const clock = (ms, digits = 19) => new Date(ms).toISOString().slice(0, digits).replace("T", " ");
export const token = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const element = (tag, text, className = "") => Object.assign(document.createElement(tag), { textContent: text, className });

export class Plot {
  constructor(box, page) {
    Object.assign(this, { box, page, quiet: false, selecting: false });
    this.failure = box.querySelector("#failure");
    this.failure.querySelector("button").onclick = () => this.view ? this.load() : this.start();
  }

  async start() {
    this.box.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.box.dataset.plot);
      if (!answer.ok) throw Error(`The server answered ${answer.status}.`);
      const views = await Bokeh.embed.embed_item(await answer.json(), this.box.querySelector("#canvas"));
      this.view = views.roots[0];
      this.views = views;
    } catch (error) { this.fail(error); return; }
    const model = this.view.model;
    this.document = model.document;
    this.rows = model.children;
    this.figures = model.children.filter(child => child.tags.length);       // the panels, by key
    this.x = this.get("x");
    this.linear = this.rows[0].extra_y_scales;
    this.linear = this.linear.get?.("unit") ?? this.linear.unit;
    this.listen();
    this.paint();
    const { start, stop } = this.box.dataset;
    await this.go(+start, +stop);
  }

  get(name) { return this.document.get_model_by_name(name); }

  listen() {
    for (const end of ["start", "end"]) this.x.properties[end].change.connect(() => { this.page.moved?.(this); if (!this.quiet) this.changed(); });
    document.addEventListener("range", ({ detail }) => detail.source === "plot" || this.go(detail.start, detail.stop));
    document.addEventListener("theme", () => requestAnimationFrame(() => this.paint()));
    for (const row of this.rows) {
      row.on_event("mousemove", ({ x }) => this.page.read?.(x, this));
      row.on_event("mouseleave", () => this.page.read?.(null, this));
      row.on_event("selectiongeometry", event => event.final && this.selecting && this.page.select?.(event.geometry.x0, event.geometry.x1, this));
    }
    this.box.addEventListener("pointerdown", () => { this.held = true; }, true);   // Bokeh lets none of these bubble
    for (const name of ["pointerup", "pointercancel"]) {
      document.addEventListener(name, () => { this.held = false; if (this.waiting) this.changed(); }, true);
    }
    new ResizeObserver(() => this.narrow()).observe(this.box);
  }

  get width() { return this.views.find_one(this.rows[0]).frame?.bbox.width || 600; }

  go(start, end) {                                          // moves without telling the time bar, who asked
    this.quiet = true;
    this.x.setv({ start, end });
    this.quiet = false;
    return this.load();
  }

  changed() {                                               // a gesture: one request when it rests
    this.hush();
    this.box.dataset.moving = "";
    this.frame = requestAnimationFrame(() => { this.timer = setTimeout(() => this.rest(), WAIT); });
  }

  hush() { cancelAnimationFrame(this.frame); clearTimeout(this.timer); }

  rest() {                                                  // held still, but not let go: what is loaded suffices
    const { start, end } = this.x, [from, to] = this.loaded ?? [0, 0];
    this.waiting = this.held && start >= from && end <= to;
    if (this.waiting) return;
    document.dispatchEvent(new CustomEvent("range", { detail: { start: Math.round(start), stop: Math.round(end), source: "plot" } }));
    this.load();
  }

  async load() {
    this.hush();
    delete this.box.dataset.moving;
    this.request?.abort();
    const request = this.request = new AbortController();
    const { start, end } = this.x;
    const query = new URLSearchParams({ start: new Date(start).toISOString(), stop: new Date(end).toISOString(), points: Math.max(200, Math.min(4000, Math.round(this.width * 2))), ...this.page.query() });
    this.box.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${this.box.dataset.window}?${query}`, { signal: request.signal });
      if (!answer.ok) throw Error(await answer.json().then(problem => problem.detail, () => `The server answered ${answer.status}.`));
      const header = unpack(await answer.arrayBuffer());
      if (request.signal.aborted) return;
      this.failure.hidden = true;
      this.loaded = [header.start, header.stop];
      this.page.fill(header.parts, header, this);
      this.box.dataset.filled = (+this.box.dataset.filled || 0) + 1;
      this.box.removeAttribute("aria-busy");
    } catch (error) { if (!request.signal.aborted) this.fail(error); }
  }

  fail(error) {
    this.failure.hidden = false;
    this.failure.querySelector("p").textContent = `The plot could not be drawn: ${error.message} What you see otherwise stays as it is.`;
    this.box.removeAttribute("aria-busy");
  }

  fit(name, source, columns, log) {                         // vertical range of what is visible and shown
    const { start, end } = this.x, { t } = source;
    let low = Infinity, high = -Infinity;
    const first = Math.max(0, rowAt(t, start)), last = Math.max(first, rowAt(t, end));
    for (const column of columns) {
      for (let row = first; row <= last; row++) {
        const value = source[column]?.[row];
        if (value > high) high = value;
        if (value < low && (!log || value > 0)) low = value;
      }
    }
    if (low > high) return;
    const range = this.get(`${name}_y`), room = (high - low) * .06 || Math.abs(high) * .1 || 1;
    if (log) range.setv({ start: low / 1.35, end: high * 1.9 });
    else range.setv({ start: low >= 0 && low < high * .5 ? 0 : low - room, end: high + room * 2 });
  }

  scale(figure, log) {                                      // between a figure's own axis and its spare one
    this.log ??= figure.y_scale;
    figure.y_scale = new (log ? this.log : this.linear).constructor();
    for (const kind of ["axis", "grid"]) {
      this.get(`${figure.name}_log_${kind}`).visible = log;
      this.get(`${figure.name}_linear_${kind}`).visible = !log;
    }
  }

  mode(selecting) {                                         // drawing a range instead of panning
    this.selecting = selecting;
    for (const row of this.rows) {
      const select = row.toolbar.tools.find(tool => tool.name === `${row.name}_select`), pan = row.toolbar.tools.find(tool => tool.type === "PanTool");
      if (!select) continue;
      pan.active = !selecting;
      select.active = selecting;
      if (!selecting) select.overlay.visible = false;
      select.overlay.setv({ fill_color: token("--accent"), fill_alpha: .12, line_color: token("--accent"), line_dash: [] });
    }
  }

  narrow() {                                                // on a phone, less border
    const small = this.box.clientWidth < 560;
    if (!this.rows || small === this.small) return;
    this.small = small;
    for (const row of this.rows) row.setv({ min_border_left: small ? 60 : 74, min_border_right: small ? 12 : 58 });
  }

  paint() {
    this.page.painted?.(token, this);
    for (const row of this.rows) this.views.find_one(row)?.request_repaint();
  }
}
