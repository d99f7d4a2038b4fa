import { items, member } from '../base/json.js';
import { MOST_SHAPES } from './shape-bench.js';

/** How many unknown labels a remark names. */
const MOST_NAMES = 5;
const LONGEST_NAME = 40;

/**
 * The shapes of an initial value: those that `read` understands, of known labels, at most `MOST_SHAPES`.
 * @template Shape
 * @param {unknown} value a list, or an answer that holds one
 * @param {object} how
 * @param {string} how.name of the answer's list
 * @param {readonly string[]} how.labels
 * @param {(item: unknown) => {shape: Shape, clipped: boolean}|undefined} how.read undefined: nothing of it is in the image
 * @param {import('./bench.js').Texts} how.t
 * @returns {{shapes: import('./annotations.js').Labelled<Shape>[], remarks: string[]}} remarks: for the worker, how
 *   many are not drawn (or not as they were) and why
 */
export const readInitial = (value, { name, labels, read, t }) => {
  const list = listIn(value, name);
  const inPercent = list.some((item) => scoreOf(item) > 1);
  const known = new Set(labels);
  /** @type {import('./annotations.js').Labelled<Shape>[]} */
  const shapes = [];
  /** @type {string[]} */
  const unknown = [];
  const count = { empty: 0, over: 0, clipped: 0 };
  for (const item of list) {
    const found = read(item);
    const label = String(member(item, 'label'));
    if (!found) count.empty += 1;
    else if (!known.has(label)) unknown.push(label);
    else if (shapes.length >= MOST_SHAPES) count.over += 1;
    else {
      if (found.clipped) count.clipped += 1;
      shapes.push({ label, shape: found.shape, ...score(item, inPercent) });
    }
  }
  return { shapes, remarks: remarks(count, unknown, t) };
};

/** @param {unknown} value @param {string} name */
const listIn = (value, name) => items(Array.isArray(value) ? value : member(value, name));

/** A number, or a text that is one; an empty value is not a number. @param {unknown} given */
export const coordinate = (given) => (typeof given === 'number' || (typeof given === 'string' && given.trim() !== '') ? Number(given) : Number.NaN);

/** How sure the model is: "score" or "confidence". @param {unknown} item */
const scoreOf = (item) => Number(member(item, 'score') ?? member(item, 'confidence') ?? Number.NaN);

/**
 * The score in percent. One above 1 says that all of its list are in percent.
 * @param {unknown} item
 * @param {boolean} inPercent
 * @returns {{score?: number}}
 */
const score = (item, inPercent) => {
  const given = scoreOf(item);
  const percent = inPercent ? given : given * 100;
  return percent >= 0 && percent <= 100 ? { score: percent } : {};
};

/**
 * @param {{empty: number, over: number, clipped: number}} count
 * @param {string[]} unknown
 * @param {import('./bench.js').Texts} t
 */
const remarks = (count, unknown, t) => {
  const sentences = [];
  if (count.empty > 0) sentences.push(t('remark.empty', { count: count.empty }));
  if (unknown.length > 0) sentences.push(t('remark.unknown', { count: unknown.length, labels: names(unknown, t) }));
  if (count.over > 0) sentences.push(t('remark.over', { count: count.over, most: MOST_SHAPES }));
  if (count.clipped > 0) sentences.push(t('remark.clipped', { count: count.clipped }));
  return sentences;
};

/**
 * @param {string[]} unknown
 * @param {import('./bench.js').Texts} t
 */
const names = (unknown, t) => {
  const different = [...new Set(unknown)];
  const shown = different.slice(0, MOST_NAMES).map((name) => t('quoted', { text: shortened(name) })).join(t('comma'));
  return different.length > MOST_NAMES ? `${shown}${t('comma')}…` : shown;
};

/** @param {string} name */
const shortened = (name) => {
  const letters = Array.from(name);
  return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME).join('')}…` : name;
};
