import { maskOf } from './mask.js';

/**
 * @typedef {import('../drawing/geometry.js').Size} Size
 * @typedef {import('./segmentation-bench.js').Segment} Segment
 */

/** The mask of an initial value could not be read; the message is for the worker. */
export class MaskError extends Error {
  name = 'MaskError';
}

/**
 * Read a picture in which each segment has its colour.
 * @param {string} address
 * @param {readonly Segment[]} segments
 * @param {Size} size of the image; a picture of another size is stretched to it
 * @returns {Promise<{tiles: import('./mask.js').Tiles, strange: number}>} strange: the share of pixels, 0 to 1, whose
 *   colour is neither a segment's nor a background's (nothing, black or white)
 * @throws {MaskError} when it cannot be loaded or its pixels may not be read
 */
export const readMask = async (address, segments, size) => {
  const pixels = await pixelsOf(address, size);
  const places = new Map(segments.map(({ color }, index) => [Number.parseInt(color.slice(1), 16), index + 1]));
  const found = new Uint8Array(size.width * size.height);
  let strange = 0;
  for (let at = 0; at < found.length; at += 1) {
    const [red, green, blue, alpha] = [pixels[at * 4], pixels[at * 4 + 1], pixels[at * 4 + 2], pixels[at * 4 + 3]];
    const colour = red * 65536 + green * 256 + blue;
    const segment = alpha < 128 ? 0 : places.get(colour) ?? 0;
    found[at] = segment;
    if (segment === 0 && alpha >= 128 && colour !== 0 && colour !== 0xffffff) strange += 1;
  }
  return { tiles: maskOf(found, size), strange: strange / found.length };
};

/**
 * @param {string} address
 * @param {Size} size
 */
const pixelsOf = async (address, { width, height }) => {
  const image = new Image();
  // Without this the pixels of a picture from another origin would be visible but not readable.
  image.crossOrigin = 'anonymous';
  image.referrerPolicy = 'no-referrer';
  image.src = address;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));
  try {
    await image.decode();
    context.imageSmoothingEnabled = false;
    context.drawImage(image, 0, 0, width, height);
    return context.getImageData(0, 0, width, height).data;
  } catch (error) {
    throw new MaskError('the mask cannot be read', { cause: error });
  }
};
