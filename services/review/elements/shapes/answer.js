import { items, member } from '../base/json.js';
import { LiveAnswer } from '../drawing/answer.js';
import { coordinate, readInitial } from '../drawing/initial.js';
import { bounds, distance, samePoint, settle } from './path.js';

/**
 * @typedef {import('./path.js').Kind} Kind
 * @typedef {import('./path.js').Path} Path
 * @typedef {import('./path.js').Size} Size
 */

/** How an answer names the point of a kind that has only one, and the vertices of all others. @param {Kind} kind */
const writer = (kind) => (/** @type {Path} */ path) =>
  kind.most === 1 ? { x: path[0].x, y: path[0].y } : { vertices: path.map(({ x, y }) => ({ x, y })) };

/** @param {Kind} kind */
export const createAnswer = (kind) => new LiveAnswer(kind.list, writer(kind));

/**
 * Read an initial value: a list, or an answer that holds one.
 * @param {Kind} kind
 * @param {import('../drawing/bench.js').Texts} t
 * @returns {(value: unknown, labels: string[], size: Size) => {shapes: import('../drawing/annotations.js').Labelled<Path>[], remarks: string[]}}
 */
export const createReader = (kind, t) => (value, labels, size) =>
  readInitial(value, { name: kind.list, labels, t, read: (item) => readPath(kind, item, size) });

/**
 * The path of one item: whole pixels, what lies outside moved to the nearest border of the image.
 * @param {Kind} kind
 * @param {unknown} item
 * @param {Size} size
 * @returns {{shape: Path, clipped: boolean}|undefined} undefined when nothing of the kind remains
 */
const readPath = (kind, item, size) => {
  const given = kind.most === 1 ? [item] : items(member(item, 'vertices'));
  if (given.length === 0 || given.length > kind.most) return undefined;
  const points = given.map((point) => ({ x: coordinate(member(point, 'x')), y: coordinate(member(point, 'y')) }));
  if (!points.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))) return undefined;
  if (!meets(points, size)) return undefined;
  const settled = points.map((point) => settle(point, size));
  const shape = settled.filter((point, index) => index === 0 || !samePoint(point, settled[index - 1]));
  // An outline that ends where it began has its first vertex twice.
  if (kind.closed && shape.length > 1 && samePoint(shape[0], shape[shape.length - 1])) shape.pop();
  if (shape.length < kind.least || (kind.closed && isFlat(shape))) return undefined;
  return { shape, clipped: points.some((point, index) => distance(point, settled[index]) >= 1) };
};

/** Whether any of the box around a path lies in the image. @param {Path} path @param {Size} size */
const meets = (path, size) => {
  const { left, top, width, height } = bounds(path);
  return left <= size.width && top <= size.height && left + width >= 0 && top + height >= 0;
};

/** @param {Path} path */
const isFlat = (path) => {
  const { width, height } = bounds(path);
  return width === 0 || height === 0;
};
