import { TILE, tilesAcross } from './mask.js';

/**
 * @typedef {import('../drawing/geometry.js').Size} Size
 * @typedef {import('./mask.js').Tiles} Tiles
 */

const PNG_HEAD = 'data:image/png;base64,';

/**
 * A mask as a picture: a canvas in the image's own pixels, each with the colour of its segment or nothing. Both the
 * screen and the PNG of the answer come from it, so they cannot differ. The canvas stays in main memory, because
 * painted pixels are read again at once.
 */
export class MaskPicture {
  canvas = document.createElement('canvas');
  /** Grows with every change. */
  revision = 0;
  #context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext('2d', { willReadFrequently: true }));
  #palette = new Uint32Array(256);
  #colours = '';
  /** @type {{tile: import('./mask.js').Tile|undefined, revision: number}[]} what each tile of the canvas shows */
  #shown = [];
  #png = '';

  /**
   * Update the picture to a mask.
   * @param {Size} size
   * @param {Tiles} tiles
   * @param {readonly string[]} colours `#rrggbb` of the segments 1, 2, ...
   */
  show(size, tiles, colours) {
    const resized = this.#resize(size);
    const dyed = this.#dye(colours);
    let changed = resized || dyed;
    tiles.forEach((tile, index) => {
      const shown = this.#shown[index];
      if (!dyed && shown?.tile === tile && shown?.revision === (tile?.revision ?? 0)) return;
      this.#shown[index] = { tile, revision: tile?.revision ?? 0 };
      if (!tile && !shown?.tile) return;
      this.#paintTile(index, tile);
      changed = true;
    });
    if (!changed) return;
    this.#png = '';
    this.revision += 1;
  }

  /** The picture as a PNG in base64; empty without an image. */
  get png() {
    if (this.canvas.width === 0) return '';
    this.#png ||= this.canvas.toDataURL('image/png').slice(PNG_HEAD.length);
    return this.#png;
  }

  /** @param {Size} size */
  #resize({ width, height }) {
    if (this.canvas.width === width && this.canvas.height === height) return false;
    Object.assign(this.canvas, { width, height });
    this.#shown = [];
    return true;
  }

  /** @param {readonly string[]} colours */
  #dye(colours) {
    if (colours.join() === this.#colours) return false;
    this.#colours = colours.join();
    const bytes = new Uint8Array(this.#palette.buffer);
    colours.forEach((colour, index) => {
      const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
      bytes.set([...parts, 255], (index + 1) * 4);
    });
    return true;
  }

  /**
   * @param {number} index
   * @param {import('./mask.js').Tile|undefined} tile
   */
  #paintTile(index, tile) {
    const across = tilesAcross(this.canvas);
    const [left, top] = [(index % across) * TILE, Math.floor(index / across) * TILE];
    if (!tile) {
      this.#context.clearRect(left, top, TILE, TILE);
      return;
    }
    const image = this.#context.createImageData(TILE, TILE);
    const pixels = new Uint32Array(image.data.buffer);
    tile.data.forEach((segment, at) => {
      pixels[at] = this.#palette[segment];
    });
    this.#context.putImageData(image, left, top);
  }
}
