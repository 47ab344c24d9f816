// The scene in space: the far part of the body, the plane through its axis with the field, and the near part, drawn one
// over the other; a quarter of the body may be cut out. The projection is parallel, so the plane's picture is affine.

const EDGE = "#39424c", CUT = [176, 184, 193], RING = "#d6336c";

class Scene {
  constructor() {
    this.surface = new Surface();
    this.colours = new Colours();
  }

  show(data) {
    this.data = data;
    this.surface.shape(data.meridian, data.wall);
    this.colours.paint(data.raster, data.colours);
    this.lines = new Path2D(data.lines);
    const half = new Path2D();
    for (let k = 0; k < data.meridian.length; k += 2) half.lineTo(data.meridian[k], data.meridian[k + 1]);
    half.closePath();
    this.half = half;
    this.section = new Path2D(half);
    this.section.addPath(half, new DOMMatrix([1, 0, 0, -1, 0, 0]));
    this.radius = Math.max(...Array.from({ length: data.meridian.length / 2 }, (_, i) => Math.hypot(data.meridian[2 * i], data.meridian[2 * i + 1])));
  }

  // view: {azimuth, elevation} in radians, {scale, x, y} in pixels of the canvas, the place of the origin
  draw(context, view, cut, sharpness) {
    const m = rotation(view), near = m[8] > 0;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, context.canvas.width, context.canvas.height);
    context.imageSmoothingQuality = "high";
    this.view = view;
    this.matrix = m;
    const front = cut ? [[QUARTER, 2 * QUARTER]] : [[0, 2 * QUARTER]], back = [[2 * QUARTER, AROUND]];
    const frontHalf = () => {
      this.body(context, front, sharpness);
      if (cut && m[7] > 0) this.face(context, [0, 0, 1], [0, 1, 0]);
    };
    const backHalf = () => this.body(context, back, sharpness);
    (near ? backHalf : frontHalf)();
    this.plane(context);
    if (cut && near) this.face(context, [0, 1, 0], [0, 0, 1]);
    (near ? frontHalf : backHalf)();
  }

  on(direction) { // of the screen, in pixels
    const [x, y, z] = direction, m = this.matrix, s = this.view.scale;
    return [s * (m[0] * x + m[1] * y + m[2] * z), -s * (m[3] * x + m[4] * y + m[5] * z)];
  }

  laid(up) { // the matrix from (x, distance along `up`) to pixels
    const [a, b] = this.on([1, 0, 0]), [c, d] = this.on(up);
    return new DOMMatrix([a, b, c, d, this.view.x, this.view.y]);
  }

  plane(context) {
    const { data } = this, ratio = window.devicePixelRatio || 1;
    if (!data.raster) return;
    const [l, b, r, t] = data.extent;
    const { width, height } = this.colours.canvas, laid = this.laid([0, 1, 0]);
    context.save();
    context.setTransform(laid.multiply(new DOMMatrix([(r - l) / width, 0, 0, (b - t) / height, l, t])));
    context.drawImage(this.colours.canvas, 0, 0);
    context.restore();
    const frame = new Path2D(), moved = new Path2D(), lines = new Path2D();
    frame.rect(l, b, r - l, t - b);
    moved.addPath(frame, laid);
    lines.addPath(this.lines, laid);
    context.save();
    context.clip(moved);
    context.strokeStyle = data.ink;
    context.globalAlpha = 0.5;
    context.lineWidth = ratio;
    context.stroke(lines);
    context.restore();
    context.strokeStyle = data.ink;
    context.lineWidth = 2 * ratio;
    context.stroke(this.arrow(l, r, laid));
  }

  arrow(left, right, laid) { // along the stream, at the upstream side of the plane
    const path = new Path2D(), moved = new Path2D(), length = 0.07 * (right - left), tip = left + 1.4 * length, head = 0.22 * length;
    path.moveTo(tip - length, 0);
    path.lineTo(tip, 0);
    path.moveTo(tip - head, head);
    path.lineTo(tip, 0);
    path.lineTo(tip - head, -head);
    moved.addPath(path, laid);
    return moved;
  }

  face(context, up, normal) { // the section where the body is cut
    const moved = new Path2D(), m = this.matrix, ratio = window.devicePixelRatio || 1;
    const facing = [0, 3, 6].map((k) => m[k] * normal[0] + m[k + 1] * normal[1] + m[k + 2] * normal[2]);
    const lit = 0.66 + 0.4 * (0.5 + 0.5 * (facing[0] * LIGHT[0] + facing[1] * LIGHT[1] + facing[2] * LIGHT[2]));
    moved.addPath(this.half, this.laid(up));
    context.fillStyle = `rgb(${CUT.map((c) => Math.min(255, Math.round(c * lit)))})`;
    context.fill(moved);
    context.strokeStyle = EDGE;
    context.lineWidth = ratio;
    context.lineJoin = "round";
    context.stroke(moved);
  }

  body(context, parts, sharpness) {
    const { x, y, scale } = this.view, reach = this.radius * scale + 2, { width: w, height: h } = context.canvas;
    const left = Math.max(0, Math.floor(x - reach)), top = Math.max(0, Math.floor(y - reach));
    const width = Math.min(w, Math.ceil(x + reach)) - left, height = Math.min(h, Math.ceil(y + reach)) - top;
    this.seen = { left, top, sharpness };
    if (width > 0 && height > 0) {
      this.surface.turn(this.matrix, sharpness * scale, sharpness * (x - left), sharpness * (y - top));
      this.surface.fill(Math.ceil(sharpness * width), Math.ceil(sharpness * height), parts);
      context.drawImage(this.surface.canvas, left, top, this.surface.canvas.width / sharpness, this.surface.canvas.height / sharpness);
    }
    for (const [x, r] of this.data.rings) this.ring(context, x, r, parts);
  }

  at(context, x, y) { // what is seen at a pixel: a place of the wall, or of the plane with its value; null if nothing
    const { left, top, sharpness } = this.seen, { canvas, stations, n } = this.surface, wall = this.data.wall, p = this.data.meridian;
    const i = Math.floor(sharpness * (x - left)), j = Math.floor(sharpness * (y - top));
    const station = i < 0 || j < 0 || i >= canvas.width || j >= canvas.height ? -1 : stations[j * canvas.width + i];
    if (station >= 0) {
      const k = Math.min(Math.floor(station), n - 2), share = station - k, between = (a, b) => a + share * (b - a);
      return { x: between(p[2 * k], p[2 * k + 2]), y: between(p[2 * k + 1], p[2 * k + 3]), wall: wall ? between(wall.values[k], wall.values[k + 1]) : null };
    }
    const laid = this.laid([0, 1, 0]);
    if (!this.data.raster || Math.abs(laid.a * laid.d - laid.b * laid.c) < 1e-3 * this.view.scale ** 2) return null;
    const point = new DOMPoint(x, y).matrixTransform(laid.inverse());
    context.setTransform(1, 0, 0, 1, 0, 0);
    return context.isPointInPath(this.section, point.x, point.y) ? null : this.colours.at([point.x, point.y], this.data.extent);
  }

  ring(context, x, r, parts) { // where it faces the viewer
    const [out, along] = this.normalAt(x), m = this.matrix, ratio = window.devicePixelRatio || 1;
    context.beginPath();
    for (const [from, to] of parts) {
      let drawing = false;
      for (let j = from; j <= to; j++) {
        const angle = (2 * Math.PI * j) / AROUND, c = Math.cos(angle), s = Math.sin(angle);
        const visible = m[6] * along + out * (m[7] * c + m[8] * s) > 0, [px, py] = this.on([x, r * c, r * s]);
        if (visible) context[drawing ? "lineTo" : "moveTo"](this.view.x + px, this.view.y + py);
        drawing = visible;
      }
    }
    context.strokeStyle = RING;
    context.lineWidth = 2 * ratio;
    context.stroke();
  }

  normalAt(x) { // of the meridian: along the radius and along x
    const p = this.data.meridian;
    let k = 2;
    while (k < p.length - 4 && p[k] < x) k += 2;
    const length = Math.hypot(p[k] - p[k - 2], p[k + 1] - p[k - 1]) || 1;
    return [(p[k] - p[k - 2]) / length, (p[k - 1] - p[k + 1]) / length];
  }
}

function rotation({ azimuth: a, elevation: e }) { // rows: right, up, towards the viewer
  const ca = Math.cos(a), sa = Math.sin(a), ce = Math.cos(e), se = Math.sin(e);
  return [ca, 0, sa, sa * se, ce, -ca * se, -sa * ce, se, ca * ce];
}
