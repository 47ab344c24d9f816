// Colours of the drawing (`drawing.js`): a raster of values as a canvas, and the value at a point.
// `raster`: {nx, ny, low, high, data}, rows from below, 16 bits a value from `low` to `high`, NOTHING where there is none.
// `colours`: {table, low, high}, 256 colours between the limits.

const SMOOTH = 3; // colours are interpolated this many times finer than the raster
const NOTHING = 65535;

function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

class Colours {
  constructor() {
    this.canvas = document.createElement("canvas");
  }

  paint(raster, colours) {
    this.values = null;
    this.canvas.width = 1; // also clears it
    if (!raster) return;
    this.raster = raster;
    this.table = bytes(colours.table);
    this.values = new Uint16Array(bytes(raster.data).buffer);
    const image = new ImageData((raster.nx - 1) * SMOOTH + 1, (raster.ny - 1) * SMOOTH + 1);
    this.fill(image, colours);
    Object.assign(this.canvas, { width: image.width, height: image.height });
    this.canvas.getContext("2d").putImageData(image, 0, 0);
  }

  fill(image, { low: bottom, high: top }) { // bilinear between the values, then one of the 256 colours
    const { nx, ny, low, high } = this.raster, q = this.values, packed = this.packed();
    const { width: w, height: h } = image, pixels = new Uint32Array(image.data.buffer);
    const slope = 255 / (top - bottom), scale = (slope * (high - low)) / (NOTHING - 1), first = slope * (low - bottom) + 0.5;
    for (let j = 0; j < h; j++) {
      const y = (h - 1 - j) / SMOOTH, j0 = Math.min(Math.floor(y), ny - 2), v = y - j0;
      for (let i = 0; i < w; i++) {
        const x = i / SMOOTH, i0 = Math.min(Math.floor(x), nx - 2), u = x - i0, at = j0 * nx + i0;
        const a = q[at], b = q[at + 1], c = q[at + nx], d = q[at + nx + 1];
        if (a === NOTHING || b === NOTHING || c === NOTHING || d === NOTHING) continue;
        const value = first + scale * ((1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * c + u * d));
        pixels[j * w + i] = packed[value < 0 ? 0 : value > 255 ? 255 : Math.floor(value)];
      }
    }
  }

  packed() { // the table as pixels
    const table = this.table;
    return Uint32Array.from({ length: 256 }, (_, k) => table[3 * k] | (table[3 * k + 1] << 8) | (table[3 * k + 2] << 16) | 0xff000000);
  }

  paintBar(canvas) {
    const strip = new ImageData(256, 1);
    for (let k = 0; k < 256; k++) strip.data.set([...this.table.slice(3 * k, 3 * k + 3), 255], 4 * k);
    canvas.getContext("2d").putImageData(strip, 0, 0);
  }

  at([px, py], [l, b, r, t]) { // the point of the raster nearest to a point of the plane, with its value; null if none
    if (!this.values) return null;
    const { nx, ny, low, high } = this.raster;
    const i = Math.round(((px - l) / (r - l)) * (nx - 1)), j = Math.round(((py - b) / (t - b)) * (ny - 1));
    const q = i < 0 || j < 0 || i >= nx || j >= ny ? NOTHING : this.values[j * nx + i];
    if (q === NOTHING) return null;
    const value = low + (q / (NOTHING - 1)) * (high - low);
    return { x: l + (i * (r - l)) / (nx - 1), y: b + (j * (t - b)) / (ny - 1), value };
  }
}
