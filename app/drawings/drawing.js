// The drawing of a body in its flow: control points to drag, sensitivity, colours with hover values, zoom, pictures.
// Data: see `drawing.payload`. Sends `moved` {index, dx, dy, version} (lengths in d), `zoomed` (shares of the home window,
// or null), and `awaited` again and again while a better flow is to come. Lengths are in d, y upwards; one unit of the
// SVG is d.

const LONGEST_PULL = 0.5, STEP = 0.01, LARGE_STEP = 0.05, KEY_PAUSE = 350, ZOOM_PAUSE = 300, ASK_AGAIN = 350, ASK_LATER = 3000;

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".drawing");
  root.drawing ??= new Drawing(root);
  root.drawing.send = setTriggerValue;
  root.drawing.show(data);
}

class Drawing {
  constructor(root) {
    const find = (name) => root.querySelector(name);
    Object.assign(this, { root, frame: find(".frame"), canvas: find(".frame canvas"), svg: find("svg") });
    this.layers = Object.fromEntries([...root.querySelectorAll("svg [class]")].map((e) => [e.classList[0], e]));
    this.readout = find(".readout");
    this.colours = new Colours();
    this.pointers = new Map();
    this.svg.addEventListener("pointerdown", (e) => this.press(e));
    this.svg.addEventListener("pointermove", (e) => this.move(e));
    for (const end of ["pointerup", "pointercancel"]) this.svg.addEventListener(end, (e) => this.release(e));
    this.svg.addEventListener("pointerleave", () => this.hover(null));
    this.svg.addEventListener("dblclick", (e) => this.zoom(0.5, this.plane(e)));
    this.svg.addEventListener("wheel", (e) => this.wheel(e), { passive: false });
    this.svg.addEventListener("keydown", (e) => this.key(e));
    this.svg.addEventListener("focusin", (e) => this.hint(e.target));
    const tools = { in: () => this.zoom(0.6), out: () => this.zoom(1 / 0.6), home: () => this.zoom(null), save: () => savePicture(this) };
    for (const b of root.querySelectorAll("button")) b.addEventListener("click", tools[b.dataset.act]);
    new ResizeObserver(() => this.place()).observe(this.frame);
  }

  // ---- new data ----

  show(data) {
    const before = this.data;
    this.data = data;
    if (!before || before.version !== data.version) (this.pull = null), this.say("");
    this.follow(before);
    this.n = data.outline.length / 2;
    this.normals = normals(data.outline);
    this.frame.style.aspectRatio = (data.home[2] - data.home[0]) / (data.home[3] - data.home[1]);
    this.paint(before);
    const { lines, heavy, ghost, given, marks, axis } = this.layers;
    lines.setAttribute("d", data.lines);
    heavy.setAttribute("d", data.heavy);
    for (const layer of [lines, heavy]) layer.setAttribute("stroke", data.ink);
    ghost.setAttribute("d", data.ghost ? path(data.ghost) : "");
    given.setAttribute("d", data.given ? path(data.given) : "");
    axis.setAttribute("d", data.revolution ? `M${data.home[0]} 0H${data.home[2]}` : "");
    axis.setAttribute("stroke", data.ink);
    marks.replaceChildren(...data.marks.map(([x, y, text]) => mark(x, y, text)));
    this.legend();
    this.handles();
    this.body();
    this.place();
    this.root.dataset.version = data.version;
    this.ask(ASK_AGAIN);
  }

  ask(pause) { // an answer that changes nothing is not shown, so it is asked until one is
    clearTimeout(this.asking);
    if (!this.data.awaited) return;
    this.asking = setTimeout(() => {
      if (!this.root.isConnected) return;
      this.send("awaited", this.data.version);
      this.ask(ASK_AGAIN);
    }, pause);
  }

  tell(name, value) { // Streamlit keeps the latest event alone, so no question follows before the answer is likely here
    this.send(name, value);
    this.ask(ASK_LATER);
  }

  follow(before) {
    const home = this.data.home;
    const same = before && Math.abs(before.home[2] - before.home[0] - home[2] + home[0]) < 1e-6;
    const [dx, dy] = same ? [home[0] - before.home[0], home[1] - before.home[1]] : [0, 0];
    this.view = same ? [this.view[0] + dx, this.view[1] + dy, this.view[2] + dx, this.view[3] + dy] : [...home];
  }

  paint(before) {
    const { raster, colours } = this.data;
    if (before && JSON.stringify([before.raster, before.colours]) === JSON.stringify([raster, colours])) return;
    this.colours.paint(raster, colours);
    if (raster) this.colours.paintBar(this.root.querySelector(".bar"));
  }

  legend() {
    const { colours, badge, sensitivity } = this.data, write = (name, text) => (this.root.querySelector(name).textContent = text);
    write(".what", colours.label);
    write(".low", colours.lowest);
    write(".high", colours.highest);
    write(".badge", badge);
    this.root.querySelector(".key").hidden = !sensitivity;
  }

  handles() {
    const { count, editable } = this.data, group = this.layers.handles;
    if (group.childElementCount !== (editable ? count : 0))
      group.replaceChildren(...Array.from({ length: editable ? count : 0 }, (_, index) => handle(index)));
  }

  // ---- the body, as it is or as it would be after the present pull ----

  body() {
    const { outline, sensitivity, count, effects } = this.data, points = this.shape();
    this.layers.body.setAttribute("d", path(points));
    const [out, into] = sensitivity && !this.pull ? bands(points, this.normals, sensitivity) : ["", ""];
    this.layers.out.setAttribute("d", out);
    this.layers.into.setAttribute("d", into);
    const size = this.pixel();
    [...this.layers.handles.children].forEach((element, i) => {
      const at = 2 * Math.round((i * this.n) / count), [x, y] = [points[at], points[at + 1]];
      element.setAttribute("transform", `translate(${x},${y}) scale(${size})`);
      const place = `x ${outline[at].toFixed(2)} d, y ${outline[at + 1].toFixed(2)} d`;
      const effect = effects ? ` Out by 0.01 d: drag ${effects[i]} %.` : "";
      element.setAttribute("aria-label", `Control point ${i + 1} of ${count}, ${place}.${effect} Arrow keys move it.`);
    });
    for (const spot of [...this.layers.marks.children, this.layers.spot]) {
      const { x, y } = spot.dataset;
      spot.setAttribute("transform", `translate(${x},${y}) scale(${size})`);
    }
  }

  shape() {
    const { outline, count, width, revolution } = this.data;
    if (!this.pull) return outline;
    return pulledOut(outline, this.normals, (2 * Math.PI * this.pull.index) / count, width, this.amount(), revolution);
  }

  amount() {
    const at = 2 * Math.round((this.pull.index * this.n) / this.data.count);
    return this.pull.dx * this.normals[at] + this.pull.dy * this.normals[at + 1];
  }

  start(index) {
    if (!this.pull || this.pull.index !== index) this.pull = { index, dx: 0, dy: 0 };
  }

  pulled(dx, dy) {
    const length = Math.max(1, Math.hypot(dx, dy) / LONGEST_PULL);
    Object.assign(this.pull, { dx: dx / length, dy: dy / length });
    this.say(`${this.amount() < 0 ? "in" : "out"} by ${Math.abs(this.amount()).toFixed(3)} d`);
    this.body();
  }

  commit() {
    clearTimeout(this.timer);
    if (!this.pull) return;
    if (Math.abs(this.amount()) > 1e-4) this.tell("moved", { ...this.pull, version: this.data.version });
    else (this.pull = null), this.body();
  }

  // ---- pointers and keys ----

  plane(event) {
    const p = new DOMPoint(event.clientX, event.clientY).matrixTransform(this.svg.getScreenCTM().inverse());
    return [p.x, -p.y];
  }

  press(event) {
    const element = event.target.closest?.("[data-index]"), at = this.plane(event);
    if (element && this.data.editable) {
      this.start(Number(element.dataset.index));
      this.grip = { id: event.pointerId, at };
      element.focus({ preventScroll: true });
      event.preventDefault();
    } else {
      this.pointers.set(event.pointerId, event);
      if (!this.zoomed() && this.pointers.size < 2) return;
    }
    this.svg.setPointerCapture(event.pointerId);
  }

  move(event) {
    const at = this.plane(event);
    if (this.grip?.id === event.pointerId) {
      if (this.pull) this.pulled(at[0] - this.grip.at[0], at[1] - this.grip.at[1]);
    } else if (this.pointers.has(event.pointerId) && (this.zoomed() || this.pointers.size > 1)) {
      this.drift(event);
    } else {
      this.hover(at, event.target);
    }
  }

  release(event) {
    this.pointers.delete(event.pointerId);
    if (this.grip?.id !== event.pointerId) return;
    this.grip = null;
    if (event.type === "pointerup") this.commit();
    else (this.pull = null), this.body();
  }

  drift(event) { // one finger moves the view, two also scale it
    const old = this.pointers.get(event.pointerId), other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, event);
    const [x, y] = this.plane(event), [x0, y0] = this.plane(old);
    if (other) {
      const gap = (e) => Math.hypot(e.clientX - other.clientX, e.clientY - other.clientY);
      this.zoom(gap(old) / Math.max(gap(event), 1), this.plane(other));
    } else this.look(this.view[0] + x0 - x, this.view[1] + y0 - y, this.view[2] - this.view[0]);
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return; // the wheel alone scrolls the page; pinching a trackpad has ctrlKey
    event.preventDefault();
    this.zoom(Math.exp(0.004 * event.deltaY), this.plane(event));
  }

  key(event) {
    const element = event.target.closest("[data-index]"), size = event.shiftKey ? LARGE_STEP : STEP;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!element) return;
    if (event.key === "Escape") (this.pull = null), this.body();
    if (!way) return;
    event.preventDefault();
    this.start(Number(element.dataset.index));
    this.pulled(this.pull.dx + size * way[0], this.pull.dy + size * way[1]);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.commit(), KEY_PAUSE);
  }

  // ---- what is under the pointer ----

  hover(at, target) {
    const spot = this.layers.spot;
    spot.setAttribute("visibility", "hidden");
    if (target?.closest?.("[data-index]")) return this.hint(target);
    if (target?.dataset?.text) return this.say(target.dataset.text);
    const point = at && target !== this.layers.body ? this.colours.at(at, this.data.extent) : null;
    if (!point) return this.say("");
    const { x, y, value } = point;
    Object.assign(spot.dataset, { x, y });
    spot.setAttribute("visibility", "visible");
    spot.setAttribute("transform", `translate(${x},${y}) scale(${this.pixel()})`);
    this.say(`x ${x.toFixed(2)} d, y ${y.toFixed(2)} d: ${this.data.colours.label} ${value.toFixed(3)}`);
  }

  hint(target) {
    const element = target.closest?.("[data-index]");
    if (!element || this.pull) return;
    const { effects } = this.data, effect = effects?.[Number(element.dataset.index)];
    this.say(`Drag, or move with the arrow keys.${effect ? ` Out by 0.01 d: drag ${effect} %` : ""}`);
  }

  say(text) {
    text ||= this.data.hint;
    if (this.readout.textContent !== text) this.readout.textContent = text;
  }

  // ---- view ----

  zoomed() {
    return this.view[2] - this.view[0] < 0.999 * (this.data.home[2] - this.data.home[0]);
  }

  zoom(factor, centre) {
    const [l, b, r, t] = this.view, home = this.data.home;
    if (factor === null) return this.look(home[0], home[1], home[2] - home[0]);
    const [x, y] = centre ?? [(l + r) / 2, (b + t) / 2];
    const width = Math.min(Math.max((r - l) * factor, 0.02 * (home[2] - home[0])), home[2] - home[0]), f = width / (r - l);
    this.look(x - f * (x - l), y - f * (y - b), width);
  }

  look(left, bottom, width) {
    const [l, b, r, t] = this.data.home, height = (width * (t - b)) / (r - l);
    left = Math.min(Math.max(left, l), r - width);
    bottom = Math.min(Math.max(bottom, b), t - height);
    this.view = [left, bottom, left + width, bottom + height];
    this.place();
    clearTimeout(this.pause);
    const share = [(left - l) / (r - l), (bottom - b) / (t - b), (left + width - l) / (r - l), (bottom + height - b) / (t - b)];
    this.pause = setTimeout(() => this.tell("zoomed", { share: this.zoomed() ? share : null }), ZOOM_PAUSE);
  }

  pixel() {
    return (this.view[2] - this.view[0]) / Math.max(this.frame.clientWidth, 1);
  }

  place() {
    const [l, b, r, t] = this.view, { clientWidth: w, clientHeight: h } = this.frame, sharp = window.devicePixelRatio || 1;
    this.svg.setAttribute("viewBox", `${l} ${-t} ${r - l} ${t - b}`);
    this.svg.style.touchAction = this.zoomed() ? "none" : "pan-y";
    if (!w || !h) return;
    Object.assign(this.canvas, { width: Math.round(w * sharp), height: Math.round(h * sharp) });
    this.onto(this.canvas.getContext("2d"), this.canvas.width, this.canvas.height);
    this.body();
  }

  onto(context, width, height) {
    const [l, b, r, t] = this.view, [el, eb, er, et] = this.data.extent;
    const kx = width / (r - l), ky = height / (t - b);
    context.imageSmoothingQuality = "high";
    context.drawImage(this.colours.canvas, (el - l) * kx, (t - et) * ky, (er - el) * kx, (et - eb) * ky);
  }
}
