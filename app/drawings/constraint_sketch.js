// The sketch of `sketch.draw`: shows its SVG and lets constraints be dragged.
// Data: {svg, scale, version}. Sends `moved` {row, grip, dx, dy, version}, lengths in the body's unit.

const STEP = 4, KEY_PAUSE = 350; // an arrow key moves by 4 pixels of the drawing

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".sketch");
  root.sketch ??= new Sketch(root);
  root.sketch.send = setTriggerValue;
  root.sketch.show(data);
}

class Sketch {
  constructor(root) {
    this.root = root;
    root.addEventListener("pointerdown", (e) => this.press(e));
    root.addEventListener("pointermove", (e) => this.move(e));
    root.addEventListener("pointerup", () => this.commit());
    root.addEventListener("pointercancel", () => this.cancel());
    root.addEventListener("keydown", (e) => this.key(e));
  }

  show(data) {
    if (this.data && this.data.svg === data.svg) return void (this.data = data);
    const at = this.root.getRootNode().activeElement, held = at && [at.closest("[data-row]")?.dataset.row, at.dataset.grip];
    this.data = data;
    this.grip = null;
    this.root.innerHTML = data.svg;
    this.root.dataset.version = data.version;
    if (held?.[0]) this.root.querySelector(`[data-row="${held[0]}"] circle[data-grip="${held[1]}"]`)?.focus();
  }

  plane(event) {
    const svg = this.root.querySelector("svg");
    return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
  }

  take(element) {
    if (this.grip?.element !== element) this.grip = { element, dx: 0, dy: 0 };
  }

  press(event) {
    const element = event.target.closest?.("[data-grip]");
    if (!element) return;
    event.preventDefault();
    element.focus?.();
    this.take(element);
    this.grip.at = this.plane(event);
    element.setPointerCapture(event.pointerId);
  }

  move(event) {
    if (!this.grip?.at) return;
    const p = this.plane(event);
    this.shift(p.x - this.grip.at.x, p.y - this.grip.at.y);
  }

  shift(dx, dy) { // the whole region follows when it is moved, else the grip alone
    const { element } = this.grip, whole = element.dataset.grip === "move";
    Object.assign(this.grip, { dx, dy });
    (whole ? element.closest("[data-row]") : element).setAttribute("transform", `translate(${dx},${dy})`);
  }

  commit() {
    clearTimeout(this.timer);
    const { grip, data } = this;
    if (!grip) return;
    grip.at = null;
    if (Math.hypot(grip.dx, grip.dy) < 1) return this.cancel();
    const row = Number(grip.element.closest("[data-row]").dataset.row);
    const way = { dx: grip.dx / data.scale, dy: -grip.dy / data.scale };
    this.send("moved", { row, grip: grip.element.dataset.grip, ...way, version: data.version });
  }

  cancel() {
    this.grip?.element.closest("[data-row]").removeAttribute("transform");
    this.grip?.element.removeAttribute("transform");
    this.grip = null;
  }

  key(event) {
    const element = event.target.closest("[data-grip]"), size = event.shiftKey ? 5 * STEP : STEP;
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (!element || !way) return;
    event.preventDefault();
    this.take(element);
    this.shift(this.grip.dx + size * way[0], this.grip.dy + size * way[1]);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.commit(), KEY_PAUSE);
  }
}
