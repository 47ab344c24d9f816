// The surface of a body of revolution as shaded pixels: rings about the axis, turned, then filled triangle by triangle with
// a depth buffer. In space x is along the stream, y up, z towards the viewer of the plane; the angle runs from y to z.

const AROUND = 96; // parts of a ring, a multiple of four
const QUARTER = AROUND / 4;
const PLAIN = [150, 161, 173];
const LIGHT = [-0.42, 0.66, 0.62], HALFWAY = [-0.234, 0.367, 0.9]; // on the screen: right, up, towards the viewer; unit length

class Surface {
  constructor() {
    this.canvas = document.createElement("canvas");
    this.context = this.canvas.getContext("2d");
  }

  shape(meridian, wall) { // points x, r from the nose to the rear; wall: {values, low, high, table} or null
    const n = meridian.length / 2, at = (i) => (i < 0 ? [meridian[2], -meridian[3]] : i < n ? [meridian[2 * i], meridian[2 * i + 1]] : [meridian[2 * n - 4], -meridian[2 * n - 3]]);
    const size = n * AROUND, points = new Float64Array(3 * size), normals = new Float64Array(3 * size);
    for (let i = 0; i < n; i++) {
      const [x, r] = at(i), [xa, ra] = at(i - 1), [xb, rb] = at(i + 1), step = Math.hypot(xb - xa, rb - ra) || 1;
      for (let j = 0; j < AROUND; j++) {
        const angle = (2 * Math.PI * j) / AROUND, c = Math.cos(angle), s = Math.sin(angle), k = 3 * (i * AROUND + j), out = (xb - xa) / step;
        points.set([x, r * c, r * s], k);
        normals.set([(ra - rb) / step, out * c, out * s], k);
      }
    }
    const slope = wall ? 255 / (wall.high - wall.low) : 0;
    this.values = wall ? Float64Array.from(wall.values, (v) => Math.min(Math.max(slope * (v - wall.low), 0), 255)) : new Float64Array(n);
    this.table = wall ? bytes(wall.table) : Uint8Array.from({ length: 768 }, (_, k) => PLAIN[k % 3]);
    Object.assign(this, { n, points, normals, turned: new Float64Array(3 * size), facing: new Float64Array(3 * size) });
  }

  turn(matrix, scale, x0, y0) { // to pixels: x to the right, y downwards, z towards the viewer
    const { points, normals, turned, facing } = this, [a, b, c, d, e, f, g, h, i] = matrix;
    for (let k = 0; k < points.length; k += 3) {
      const x = points[k], y = points[k + 1], z = points[k + 2], u = normals[k], v = normals[k + 1], w = normals[k + 2];
      turned[k] = x0 + scale * (a * x + b * y + c * z);
      turned[k + 1] = y0 - scale * (d * x + e * y + f * z);
      turned[k + 2] = g * x + h * y + i * z;
      facing[k] = a * u + b * v + c * w;
      facing[k + 1] = d * u + e * v + f * w;
      facing[k + 2] = g * u + h * v + i * w;
    }
  }

  fill(width, height, parts) { // the parts of a ring between these numbers, [from, to) each, on the canvas
    if (this.canvas.width !== width || this.canvas.height !== height || !this.image) {
      Object.assign(this.canvas, { width, height });
      this.image = this.context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
      this.depth = new Float32Array(width * height);
      this.stations = new Float32Array(width * height); // places on the meridian, in steps of it; −1 where there is nothing
    }
    this.pixels.fill(0);
    this.depth.fill(-Infinity);
    this.stations.fill(-1);
    for (const [from, to] of parts)
      for (let j = from; j < to; j++) {
        const beside = (j + 1) % AROUND;
        for (let i = 0; i + 1 < this.n; i++) {
          const a = i * AROUND + j, b = i * AROUND + beside;
          this.triangle(a, a + AROUND, b + AROUND, i, i + 1, i + 1);
          this.triangle(a, b + AROUND, b, i, i + 1, i);
        }
      }
    this.context.putImageData(this.image, 0, 0);
  }

  triangle(a, b, c, sa, sb, sc) {
    const p = this.turned, ax = p[3 * a], ay = p[3 * a + 1], bx = p[3 * b], by = p[3 * b + 1], cx = p[3 * c], cy = p[3 * c + 1];
    const area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay);
    if (area <= 0) return; // from behind
    const { width, height } = this.canvas, { depth, pixels, stations, values } = this;
    const left = Math.max(0, Math.ceil(Math.min(ax, bx, cx) - 0.5)), right = Math.min(width - 1, Math.floor(Math.max(ax, bx, cx) - 0.5));
    const top = Math.max(0, Math.ceil(Math.min(ay, by, cy) - 0.5)), bottom = Math.min(height - 1, Math.floor(Math.max(ay, by, cy) - 0.5));
    const za = p[3 * a + 2], zb = p[3 * b + 2], zc = p[3 * c + 2];
    for (let y = top; y <= bottom; y++)
      for (let x = left; x <= right; x++) {
        const px = x + 0.5, py = y + 0.5;
        const v = ((px - ax) * (cy - ay) - (cx - ax) * (py - ay)) / area, w = ((bx - ax) * (py - ay) - (px - ax) * (by - ay)) / area, u = 1 - v - w;
        if (u < -1e-9 || v < -1e-9 || w < -1e-9) continue;
        const z = u * za + v * zb + w * zc, at = y * width + x;
        if (z <= depth[at]) continue;
        depth[at] = z;
        stations[at] = u * sa + v * sb + w * sc;
        pixels[at] = this.shade(u, v, w, 3 * a, 3 * b, 3 * c, u * values[sa] + v * values[sb] + w * values[sc]);
      }
  }

  shade(u, v, w, a, b, c, value) { // soft light from the upper left, and a small highlight
    const f = this.facing, x = u * f[a] + v * f[b] + w * f[c], y = u * f[a + 1] + v * f[b + 1] + w * f[c + 1], z = u * f[a + 2] + v * f[b + 2] + w * f[c + 2];
    const length = Math.sqrt(x * x + y * y + z * z) || 1;
    const lit = 0.5 + (0.5 * (x * LIGHT[0] + y * LIGHT[1] + z * LIGHT[2])) / length;
    const mirrored = Math.max(0, (x * HALFWAY[0] + y * HALFWAY[1] + z * HALFWAY[2]) / length);
    const strength = 0.4 + 0.44 * lit + 0.28 * Math.max(0, z / length), gloss = 60 * mirrored ** 40, k = 3 * Math.floor(value + 0.5), t = this.table;
    const red = Math.min(255, t[k] * strength + gloss), green = Math.min(255, t[k + 1] * strength + gloss), blue = Math.min(255, t[k + 2] * strength + gloss);
    return 0xff000000 | (blue << 16) | (green << 8) | red;
  }
}
