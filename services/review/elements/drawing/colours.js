/** Colours of the first labels: far apart, and visible on photographs. */
const PALETTE = [
  '#1f77b4', '#ff7f0e', '#2ca02c', '#d62728', '#9467bd', '#17becf', '#e377c2', '#bcbd22', '#8c564b', '#3f51d9',
  '#00a087', '#f2b701', '#a5003c', '#5ab4f5', '#b35cff', '#7fc41c', '#ff5d8f', '#5b6b7a', '#b86200', '#00c389',
];
/** The colour of a box whose label has been taken from the list. */
const WITHOUT_LABEL = '#777777';
const GOLDEN_ANGLE = 137.508;

/** @typedef {readonly (string|undefined)[]} Colours of the first labels, where a page chooses them */

/**
 * The colour of a label by its place in the list.
 * @param {number} index negative: not in the list
 * @param {Colours} chosen
 */
export const colour = (index, chosen = []) => {
  if (index < 0) return WITHOUT_LABEL;
  return chosen[index] ?? PALETTE[index] ?? `hsl(${Math.round(index * GOLDEN_ANGLE) % 360} 65% 45%)`;
};

/**
 * The colours that a page chooses; we choose any that is not `#rrggbb` (or `#rgb`).
 * @param {readonly unknown[]} given
 * @returns {Colours}
 */
export const readColours = (given) => given.map((each) => {
  const [, digits] = /^#([0-9a-f]{3}|[0-9a-f]{6})$/iu.exec(String(each).trim()) ?? [];
  return digits && `#${digits.length === 3 ? digits.replaceAll(/./gu, '$&$&') : digits}`;
});

/**
 * Black or white, whichever reads better on the colour of this label.
 * @param {number} index
 * @param {Colours} chosen
 */
export const textColour = (index, chosen = []) => {
  const paint = colour(index, chosen);
  if (!paint.startsWith('#')) return '#ffffff';
  const [red, green, blue] = [1, 3, 5].map((at) => linear(Number.parseInt(paint.slice(at, at + 2), 16) / 255));
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // WCAG's contrast with white is better than with black below this luminance.
  return luminance < 0.179 ? '#ffffff' : '#000000';
};

/** @param {number} channel */
const linear = (channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4);
