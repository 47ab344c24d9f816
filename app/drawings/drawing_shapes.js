// Shapes of the drawing (`drawing.js`): paths, normals, bands of the sensitivity, control points and marks.

const SVG = "http://www.w3.org/2000/svg";
const BAND = 0.16; // length in d of the largest sensitivity

function path(points) {
  let text = "";
  for (let i = 0; i < points.length; i += 2) text += `${i ? "L" : "M"}${points[i].toFixed(4)} ${points[i + 1].toFixed(4)}`;
  return text + "Z";
}

function normals(outline) {
  const n = outline.length / 2, found = [];
  for (let j = 0; j < n; j++) {
    const a = 2 * ((j + 1) % n), b = 2 * ((j + n - 1) % n);
    const tx = outline[a] - outline[b], ty = outline[a + 1] - outline[b + 1], length = Math.hypot(tx, ty) || 1;
    found.push(ty / length, -tx / length);
  }
  return found;
}

function pulledOut(outline, normal, centre, width, amount, mirrored) { // by a bump around the angle `centre`, or also its image
  const n = outline.length / 2, points = [], wave = (angle) => Math.exp((Math.cos(angle) - 1) / (width * width));
  for (let j = 0; j < n; j++) {
    const angle = (2 * Math.PI * j) / n, one = wave(angle - centre);
    const bump = amount * (mirrored ? (one + wave(angle + centre)) / (1 + wave(2 * centre)) : one);
    points.push(outline[2 * j] + bump * normal[2 * j], outline[2 * j + 1] + bump * normal[2 * j + 1]);
  }
  return points;
}

function bands(points, normal, sensitivity) { // outward where pulling out lowers the drag, inward where pushing in does
  const parts = ["", ""], n = sensitivity.length;
  const tip = (j) => [0, 1].map((k) => (points[2 * j + k] - BAND * sensitivity[j] * normal[2 * j + k]).toFixed(4));
  for (let j = 0; j < n; j++) {
    const i = (j + 1) % n, at = (m) => `${points[2 * m].toFixed(4)} ${points[2 * m + 1].toFixed(4)}`;
    parts[sensitivity[j] + sensitivity[i] > 0 ? 1 : 0] += `M${at(j)}L${at(i)}L${tip(i).join(" ")}L${tip(j).join(" ")}Z`;
  }
  return parts;
}

function element(tag, attributes, parent) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent?.append(made);
  return made;
}

function handle(index) {
  const group = element("g", { tabindex: 0, role: "button", "data-index": index });
  element("circle", { r: 15, class: "touch" }, group);
  element("circle", { r: 5.5, class: "dot" }, group);
  return group;
}

function mark(x, y, text) {
  const ring = element("path", { d: "M0 5L5 0L0 -5L-5 0Z", class: "ring" });
  Object.assign(ring.dataset, { x, y, text });
  return ring;
}
