import { member } from '../base/json.js';
import { LiveAnswer } from '../drawing/answer.js';
import { coordinate, readInitial } from '../drawing/initial.js';
import { isEmpty, settle, snap, same } from './box.js';
import { t } from './texts.js';

/**
 * @typedef {import('./box.js').Box} Box
 * @typedef {import('./box.js').Size} Size
 */

const LIST = 'boundingBoxes';

/** @returns {LiveAnswer<Box>} `{boundingBoxes: [{label, left, top, width, height}], inputImageProperties}` */
export const createAnswer = () => new LiveAnswer(LIST, ({ left, top, width, height }) => ({ left, top, width, height }));

/**
 * The boxes of an initial value: whole pixels inside the image, only of known labels.
 * @param {unknown} value a list of boxes, or an answer that holds one
 * @param {string[]} labels
 * @param {Size} size
 */
export const readBoxes = (value, labels, size) =>
  readInitial(value, { name: LIST, labels, t, read: (item) => toBox(item, size) });

/**
 * @param {unknown} item
 * @param {Size} size
 */
const toBox = (item, size) => {
  const [left, top, width, height] = ['left', 'top', 'width', 'height'].map((side) => coordinate(member(item, side)));
  if (![left, top, width, height].every(Number.isFinite)) return undefined;
  const given = { left, top, width, height };
  const box = settle(given, size);
  return isEmpty(box) ? undefined : { shape: box, clipped: !same(box, snap(given)) };
};
