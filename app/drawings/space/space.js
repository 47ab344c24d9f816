// A body of revolution in space, turned by dragging, arrow keys and buttons. Data: see `component.payload`; it sends nothing.

const HOME = { azimuth: 0.5, elevation: 0.3, zoom: 1, x: 0, y: 0 }; // x, y: shift in sizes of the frame
const STEEPEST = Math.PI / 2, TURN = 0.009, KEY_TURN = Math.PI / 36, CLOSEST = 12, FARTHEST = 0.5, MARGIN = 0.95;
const REST = 140, QUICK = 6, SLOW = 40, RETURN = 280; // milliseconds

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".space");
  root.space ??= new Space(root);
  root.space.show(data);
}

class Space {
  constructor(root) {
    const find = (name) => root.querySelector(name);
    Object.assign(this, { root, frame: find(".frame"), canvas: find(".view"), readout: find(".readout") });
    this.context = this.canvas.getContext("2d");
    this.scene = new Scene();
    this.look = { ...HOME };
    this.cut = true;
    this.coarse = 1;
    this.pointers = new Map();
    const on = (name, act, options) => this.canvas.addEventListener(name, (e) => act.call(this, e), options);
    on("pointerdown", this.press);
    on("pointermove", this.move);
    for (const end of ["pointerup", "pointercancel"]) on(end, (e) => this.pointers.delete(e.pointerId));
    on("pointerleave", () => this.say(""));
    on("dblclick", this.home);
    on("wheel", this.wheel, { passive: false });
    on("keydown", this.key);
    const tools = { cut: () => this.open(), in: () => this.zoom(1.4), out: () => this.zoom(1 / 1.4), home: () => this.home(), save: () => this.save() };
    for (const b of root.querySelectorAll("button")) b.addEventListener("click", tools[b.dataset.act]);
    new ResizeObserver(() => this.ask(true)).observe(this.frame);
  }

  // ---- new data ----

  show(data) {
    if (this.data && JSON.stringify(this.data) === JSON.stringify(data)) return;
    this.data = data;
    this.scene.show(data);
    this.canvas.setAttribute("aria-label", `${data.words} Turn it with the arrow keys, + and − zoom, Home shows the first view.`);
    this.legend();
    this.say("");
    this.root.dataset.version = data.version;
    this.ask(true);
  }

  legend() {
    const { colours, wall, raster, badge, rings } = this.data, painter = new Colours();
    for (const [name, scale] of [["field", raster && colours], ["wall", wall?.shared ? null : wall]]) {
      const row = this.root.querySelector(`.${name}`);
      row.hidden = !scale;
      if (!scale) continue;
      for (const [part, text] of [["what", scale.label], ["low", scale.lowest], ["high", scale.highest]]) row.querySelector(`.${part}`).textContent = text;
      painter.table = bytes(scale.table);
      painter.paintBar(row.querySelector(".bar"));
    }
    this.root.querySelector("[data-act=cut]").hidden = !raster;
    this.root.querySelector(".rings").hidden = !rings.length;
    this.root.querySelector(".badge").textContent = badge;
  }

  // ---- the view ----

  place(width, height) { // of the origin and of one d on a canvas of this size; at the first view everything fits
    const { extent, raster, meridian } = this.data, m = rotation(HOME), xs = [], ys = [], reach = (k) => Math.hypot(m[k + 1], m[k + 2]);
    for (let k = 0; k < meridian.length; k += 2)
      for (const r of [-meridian[k + 1], meridian[k + 1]]) xs.push(m[0] * meridian[k] + r * reach(0)), ys.push(m[3] * meridian[k] + r * reach(3));
    if (raster) {
      const [a, b, c, d] = extent;
      for (const [x, y] of [[a, b], [a, d], [c, b], [c, d]]) xs.push(m[0] * x + m[1] * y), ys.push(m[3] * x + m[4] * y);
    }
    const [left, right, low, high] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = MARGIN * Math.min(width / (right - left), height / (high - low)), { zoom, x, y } = this.look;
    return {
      ...this.look,
      scale: scale * zoom,
      x: width * (0.5 + x) - (scale * zoom * (left + right)) / 2,
      y: height * (0.5 + y) + (scale * zoom * (low + high)) / 2,
    };
  }

  ask(still) { // for a picture at the next chance, a quick one while the view moves
    clearTimeout(this.rest);
    if (!still) this.rest = setTimeout(() => this.ask(true), REST);
    this.still = still;
    this.asked ??= requestAnimationFrame(() => {
      this.asked = null;
      this.draw();
    });
  }

  draw() {
    const ratio = window.devicePixelRatio || 1, width = Math.round(ratio * this.frame.clientWidth), height = Math.round(ratio * this.frame.clientHeight);
    if (!width || !height || !this.data) return;
    if (this.canvas.width !== width || this.canvas.height !== height) Object.assign(this.canvas, { width, height });
    const began = performance.now();
    this.scene.draw(this.context, this.place(width, height), this.cut && this.data.raster, this.still ? 2 : this.coarse);
    const spent = performance.now() - began;
    if (!this.still) this.coarse = spent > SLOW ? 0.5 : spent < QUICK ? 1 : this.coarse; // pixels of the body for one of the screen
    this.root.dataset.frames = Number(this.root.dataset.frames ?? 0) + 1;
  }

  turn(azimuth, elevation) {
    this.look.azimuth += azimuth;
    this.look.elevation = Math.min(Math.max(this.look.elevation + elevation, -STEEPEST), STEEPEST);
    this.ask(false);
  }

  zoom(factor, at = [0.5, 0.5]) { // about a point of the frame, in its sizes
    const { zoom, x, y } = this.look, next = Math.min(Math.max(zoom * factor, FARTHEST), CLOSEST), f = next / zoom;
    Object.assign(this.look, { zoom: next, x: at[0] - 0.5 - f * (at[0] - 0.5 - x), y: at[1] - 0.5 - f * (at[1] - 0.5 - y) });
    this.ask(false);
  }

  home() { // by the shorter way round, at once where motion is unwelcome
    const from = { ...this.look, azimuth: HOME.azimuth + wound(this.look.azimuth - HOME.azimuth) }, began = performance.now();
    const time = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : RETURN;
    const step = () => {
      const share = time ? Math.min((performance.now() - began) / time, 1) : 1, eased = share * share * (3 - 2 * share);
      for (const name of Object.keys(HOME)) this.look[name] = share === 1 ? HOME[name] : from[name] + eased * (HOME[name] - from[name]);
      this.ask(share === 1);
      if (share < 1) requestAnimationFrame(step);
    };
    step();
  }

  open() {
    this.cut = !this.cut;
    this.root.querySelector("[data-act=cut]").setAttribute("aria-pressed", this.cut);
    this.ask(true);
  }

  save() { // twice as fine as on the screen
    const sheet = document.createElement("canvas"), sharp = 2 * (window.devicePixelRatio || 1);
    Object.assign(sheet, { width: Math.round(sharp * this.frame.clientWidth), height: Math.round(sharp * this.frame.clientHeight) });
    this.scene.draw(sheet.getContext("2d"), this.place(sheet.width, sheet.height), this.cut && this.data.raster, 2);
    Object.assign(document.createElement("a"), { href: sheet.toDataURL("image/png"), download: "body.png" }).click();
    this.ask(true);
  }

  // ---- pointers and keys ----

  share(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  press(event) {
    this.pointers.set(event.pointerId, event);
    this.canvas.setPointerCapture(event.pointerId);
  }

  move(event) { // one pointer turns the view, two scale it
    const old = this.pointers.get(event.pointerId), other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (!old) return this.hover(event);
    this.pointers.set(event.pointerId, event);
    const gap = (e) => Math.hypot(e.clientX - other.clientX, e.clientY - other.clientY);
    if (other) this.zoom(gap(event) / Math.max(gap(old), 1), this.share(other));
    else if (event.shiftKey) this.shift(event, old);
    else this.turn(TURN * (event.clientX - old.clientX), TURN * (event.clientY - old.clientY));
    this.say("");
  }

  shift(event, old) {
    const [x, y] = this.share(event), [x0, y0] = this.share(old);
    Object.assign(this.look, { x: this.look.x + x - x0, y: this.look.y + y - y0 });
    this.ask(false);
  }

  wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return; // the wheel alone scrolls the page; pinching a trackpad has ctrlKey
    event.preventDefault();
    this.zoom(Math.exp(-0.004 * event.deltaY), this.share(event));
  }

  key(event) {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }, way = ways[event.key];
    const acts = { "+": () => this.zoom(1.4), "=": () => this.zoom(1.4), "-": () => this.zoom(1 / 1.4), Home: () => this.home(), 0: () => this.home() };
    if (event.ctrlKey || event.metaKey || event.altKey || (!way && !acts[event.key])) return;
    event.preventDefault();
    if (way) this.turn(KEY_TURN * way[0], KEY_TURN * way[1]);
    else acts[event.key]();
  }

  // ---- what is under the pointer ----

  hover(event) {
    const [x, y] = this.share(event), found = this.scene.at(this.context, x * this.canvas.width, y * this.canvas.height);
    const { colours, wall } = this.data, place = found && `x ${found.x.toFixed(2)} d, `;
    if (!found) this.say("");
    else if ("wall" in found) this.say(`${place}radius ${found.y.toFixed(2)} d${wall ? `: ${wall.label} ${found.wall.toFixed(3)}` : ""}`);
    else this.say(`${place}radius ${Math.abs(found.y).toFixed(2)} d: ${colours.label} ${found.value.toFixed(3)}`);
  }

  say(text) {
    text = (text || this.data.hint).replaceAll("-", "−");
    if (this.readout.textContent !== text) this.readout.textContent = text;
  }
}

function wound(angle) { // between −π and π
  return angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
}
