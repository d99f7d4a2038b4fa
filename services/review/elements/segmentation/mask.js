/**
 * Which segment each pixel of an image belongs to: 0 for none. A mask is made of tiles that are never changed once they
 * are part of a state, so that a past state costs only the tiles that differ. All pure.
 * @typedef {import('../drawing/geometry.js').Point} Point
 * @typedef {import('../drawing/geometry.js').Size} Size
 * @typedef {{data: Uint8Array, counts: Map<number, number>, revision: number}} Tile data: [TILE * TILE], counts: pixels by segment
 * @typedef {readonly (Tile|undefined)[]} Tiles row by row; undefined where nothing was painted yet
 */

export const TILE = 128;
/** As many as a byte can distinguish, without 0. */
export const MOST_SEGMENTS = 255;

/** How many tiles lie beside each other. @param {Size} size */
export const tilesAcross = ({ width }) => Math.ceil(width / TILE);

/** @param {Size} size @returns {Tiles} */
export const emptyMask = (size) => Array.from({ length: tilesAcross(size) * Math.ceil(size.height / TILE) }, () => undefined);

/** How many pixels each segment has. @param {Tiles} tiles @returns {Map<number, number>} */
export const pixelCounts = (tiles) => {
  const counts = new Map();
  for (const tile of tiles) {
    for (const [segment, count] of tile?.counts ?? []) counts.set(segment, (counts.get(segment) ?? 0) + count);
  }
  return counts;
};

/**
 * A mask from one segment a pixel, row by row.
 * @param {Uint8Array} pixels [width * height]
 * @param {Size} size
 * @returns {Tiles}
 */
export const maskOf = (pixels, size) => {
  const stroke = new Stroke(size, emptyMask(size));
  for (let y = 0; y < size.height; y += 1) {
    const row = y * size.width;
    for (let x = 0; x < size.width;) {
      const segment = pixels[row + x];
      let end = x + 1;
      while (end < size.width && pixels[row + end] === segment) end += 1;
      if (segment) stroke.fillRow(y, x, end, segment);
      x = end;
    }
  }
  return stroke.finish();
};

/** Changes to a mask that belong together: tiles are copied when they are first touched. */
export class Stroke {
  /** The mask so far; the caller must not keep it. @type {(Tile|undefined)[]} */
  tiles;
  #before;
  #size;
  #across;
  /** @type {Set<number>} */
  #touched = new Set();

  /**
   * @param {Size} size
   * @param {Tiles} before
   */
  constructor(size, before) {
    this.#size = size;
    this.#across = tilesAcross(size);
    this.#before = before;
    this.tiles = [...before];
  }

  /**
   * Give the pixels of a row from `start` up to before `end` to a segment.
   * @param {number} y
   * @param {number} start
   * @param {number} end
   * @param {number} segment
   */
  fillRow(y, start, end, segment) {
    if (y < 0 || y >= this.#size.height) return;
    const last = Math.min(end, this.#size.width);
    const offset = (y % TILE) * TILE;
    for (let x = Math.max(start, 0); x < last;) {
      const column = Math.floor(x / TILE);
      const stop = Math.min(last, (column + 1) * TILE);
      const tile = this.#own(Math.floor(y / TILE) * this.#across + column, segment);
      tile?.data.fill(segment, offset + x - column * TILE, offset + stop - column * TILE);
      x = stop;
    }
  }

  /**
   * A round dot; with a diameter of 1 only the pixel at the point.
   * @param {Point} at
   * @param {number} diameter
   * @param {number} segment
   */
  dot(at, diameter, segment) {
    const radius = Math.max(0.5, diameter / 2);
    const centre = diameter <= 1 ? { x: Math.floor(at.x) + 0.5, y: Math.floor(at.y) + 0.5 } : at;
    for (let y = Math.floor(centre.y - radius); y <= Math.floor(centre.y + radius); y += 1) {
      const rest = radius ** 2 - (y + 0.5 - centre.y) ** 2;
      if (rest < 0) continue;
      const half = Math.sqrt(rest);
      this.fillRow(y, Math.ceil(centre.x - half - 0.5), Math.floor(centre.x + half - 0.5) + 1, segment);
    }
  }

  /**
   * @param {Point} from
   * @param {Point} to
   * @param {number} diameter
   * @param {number} segment
   */
  line(from, to, diameter, segment) {
    const length = Math.hypot(to.x - from.x, to.y - from.y);
    const steps = Math.max(1, Math.ceil(length / Math.max(0.5, diameter / 8)));
    for (let step = 1; step <= steps; step += 1) {
      const part = step / steps;
      this.dot({ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }, diameter, segment);
    }
  }

  /**
   * All pixels whose middle lies inside the outline, by the even-odd rule.
   * @param {readonly Point[]} outline
   * @param {number} segment
   */
  area(outline, segment) {
    const ys = outline.map(({ y }) => y);
    const last = Math.min(this.#size.height - 1, Math.ceil(Math.max(...ys)));
    for (let y = Math.max(0, Math.floor(Math.min(...ys))); y <= last; y += 1) {
      const crossings = crossingsAt(outline, y + 0.5);
      for (let pair = 0; pair + 1 < crossings.length; pair += 2) {
        this.fillRow(y, Math.ceil(crossings[pair] - 0.5), Math.ceil(crossings[pair + 1] - 0.5), segment);
      }
    }
  }

  /** Erase all pixels of some segments. @param {(segment: number) => boolean} chosen */
  erase(chosen) {
    this.#before.forEach((tile, index) => {
      if (!tile || ![...tile.counts.keys()].some(chosen)) return;
      const { data } = /** @type {Tile} */ (this.#own(index, 0));
      data.forEach((segment, at) => {
        if (segment && chosen(segment)) data[at] = 0;
      });
    });
  }

  /** The mask with all that was painted; the same object as before if nothing differs. @returns {Tiles} */
  finish() {
    let different = false;
    for (const index of this.#touched) {
      const tile = /** @type {Tile} */ (this.tiles[index]);
      const before = this.#before[index];
      if (before ? sameBytes(tile.data, before.data) : tile.data.every((segment) => segment === 0)) {
        this.tiles[index] = before;
      } else {
        tile.counts = countIn(tile.data);
        different = true;
      }
    }
    return different ? this.tiles : this.#before;
  }

  /**
   * The tile to write on; none if there is nothing to erase.
   * @param {number} index
   * @param {number} segment
   */
  #own(index, segment) {
    const tile = this.tiles[index];
    if (!tile && segment === 0) return undefined;
    if (tile && this.#touched.has(index)) {
      tile.revision += 1;
      return tile;
    }
    const own = { data: tile ? tile.data.slice() : new Uint8Array(TILE * TILE), counts: new Map(), revision: 0 };
    this.#touched.add(index);
    this.tiles[index] = own;
    return own;
  }
}

/**
 * Where the edges of an outline cross a height, from left to right.
 * @param {readonly Point[]} outline
 * @param {number} y
 */
const crossingsAt = (outline, y) => {
  /** @type {number[]} */
  const crossings = [];
  outline.forEach((to, index) => {
    const from = outline.at(index - 1) ?? to;
    if (from.y <= y === to.y <= y) return;
    crossings.push(from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x));
  });
  return crossings.sort((one, other) => one - other);
};

/** @param {Uint8Array} data */
const countIn = (data) => {
  const all = new Uint32Array(MOST_SEGMENTS + 1);
  for (const segment of data) all[segment] += 1;
  /** @type {Map<number, number>} */
  const counts = new Map();
  all.forEach((count, segment) => segment > 0 && count > 0 && counts.set(segment, count));
  return counts;
};

/** @param {Uint8Array} one @param {Uint8Array} other */
const sameBytes = (one, other) => one.every((byte, index) => byte === other[index]);
