// A quantity along the wall over x: upper side solid, lower side dashed, with hover values. Data: `curves.payload`.

const SVG = "http://www.w3.org/2000/svg";
const LEFT = 46, RIGHT = 8, TOP = 6, BOTTOM = 34;

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".curves");
  root.curves ??= new Curves(root);
  root.curves.show(data);
}

class Curves {
  constructor(root) {
    Object.assign(this, { root, svg: root.querySelector("svg"), readout: root.querySelector(".readout") });
    new ResizeObserver(() => this.draw()).observe(this.svg);
    this.svg.addEventListener("pointermove", (e) => this.hover(e));
    this.svg.addEventListener("pointerleave", () => this.hover(null));
  }

  show(data) {
    this.data = data;
    const title = this.root.querySelector(".title"), [before, after] = data.title.split("_"); // "C_f": f as a subscript
    title.title = data.definition;
    title.replaceChildren(before);
    if (after) title.append(Object.assign(document.createElement("sub"), { textContent: after }));
    this.root.querySelector(".names").replaceChildren(...data.curves.map(({ name, role }) => {
      const item = document.createElement("span");
      item.className = role;
      item.textContent = name;
      return item;
    }));
    this.draw();
  }

  draw() {
    const { clientWidth: w, clientHeight: h } = this.svg, { curves, x, y, down } = this.data ?? {};
    if (!curves || !w) return;
    const along = (v) => LEFT + ((v - x[0]) / (x[1] - x[0])) * (w - LEFT - RIGHT);
    const up = (v) => TOP + ((down ? v - y[0] : y[1] - v) / (y[1] - y[0])) * (h - TOP - BOTTOM);
    Object.assign(this, { along, up });
    this.svg.setAttribute("viewBox", `0 0 ${w} ${h}`);
    this.svg.replaceChildren();
    for (const v of ticks(y, 4)) {
      this.add("line", { x1: LEFT, x2: w - RIGHT, y1: up(v), y2: up(v), class: Math.abs(v) < 1e-9 ? "zero" : "grid" });
      this.add("text", { x: LEFT - 6, y: up(v) + 4, "text-anchor": "end" }, short(v));
    }
    for (const v of ticks(x, 6)) this.add("text", { x: along(v), y: h - BOTTOM + 16, "text-anchor": "middle" }, short(v));
    this.add("text", { x: (LEFT + w - RIGHT) / 2, y: h - 3, "text-anchor": "middle" }, "x / d");
    const clip = this.add("svg", { x: LEFT, y: TOP, width: w - LEFT - RIGHT, height: h - TOP - BOTTOM, viewBox: `${LEFT} ${TOP} ${w - LEFT - RIGHT} ${h - TOP - BOTTOM}` });
    for (const { role, upper, lower, marks } of curves) {
      for (const [side, points] of [["upper", upper], ["lower", lower]])
        this.add("polyline", { points: points.map(([a, b]) => `${along(a).toFixed(1)},${up(b).toFixed(1)}`).join(" "), class: `${role} ${side}` }, "", clip);
      for (const [a, b] of marks) this.add("circle", { cx: along(a), cy: up(b), r: 4.5, class: `${role} mark` }, "", clip);
    }
    this.cursor = this.add("line", { y1: TOP, y2: h - BOTTOM, class: "cursor", visibility: "hidden" });
  }

  hover(event) {
    if (!event || !this.along) return this.cursor?.setAttribute("visibility", "hidden"), (this.readout.textContent = "");
    const box = this.svg.getBoundingClientRect(), { curves, symbol, x } = this.data;
    const at = x[0] + ((event.clientX - box.left - LEFT) / (box.width - LEFT - RIGHT)) * (x[1] - x[0]);
    const parts = [];
    let place = null;
    for (const { name, upper, lower } of curves) {
      const found = [upper, lower].filter((points) => points.length).map((points) => points.reduce((a, b) => (Math.abs(b[0] - at) < Math.abs(a[0] - at) ? b : a)));
      place ??= found[0][0];
      if (Math.abs(found[0][0] - at) < 0.05 * (x[1] - x[0])) parts.push(`${name}: ${found.map((p) => p[1].toFixed(3).replace("-", "−")).join(" upper, ")}${found.length > 1 ? " lower" : ""}`);
    }
    if (!parts.length) return this.hover(null);
    for (const end of ["x1", "x2"]) this.cursor.setAttribute(end, this.along(place));
    this.cursor.setAttribute("visibility", "visible");
    this.readout.textContent = `x ${place.toFixed(3).replace("-", "−")} d, ${symbol} ${parts.join("; ")}`;
  }

  add(tag, attributes, text = "", parent = this.svg) {
    const made = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    parent.append(made);
    return made;
  }
}

function ticks([low, high], about) {
  const rough = (high - low) / about, ten = 10 ** Math.floor(Math.log10(rough));
  const step = ten * [1, 2, 5, 10].find((m) => m * ten >= rough), found = [];
  for (let k = Math.ceil(low / step); k * step <= high; k++) found.push(k * step);
  return found;
}

function short(value) {
  return String(Number(value.toPrecision(6))).replace("-", "−");
}
