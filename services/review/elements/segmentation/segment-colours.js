import { colour } from '../drawing/colours.js';

const context = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));

/** Any colour the page knows as `#rrggbb`. @param {string} paint */
export const asHex = (paint) => {
  context.fillStyle = '#000000';
  context.fillStyle = paint;
  return String(context.fillStyle);
};

/**
 * A colour that no other segment has: in the picture of the answer only the colour tells segments apart.
 * @param {number} place in the palette
 * @param {ReadonlySet<string>} taken
 */
export const segmentColour = (place, taken) => {
  let next = place;
  while (taken.has(asHex(colour(next)))) next += 1;
  return asHex(colour(next));
};
