import { bounds, contains, distance, distanceToEdge, edges, ends, middle } from './path.js';

/**
 * @typedef {import('../drawing/annotations.js').Annotation<import('./path.js').Path>} Annotation
 * @typedef {import('./path.js').Kind} Kind
 * @typedef {import('./path.js').Point} Point
 * @typedef {import('./path.js').Path} Path
 * @typedef {{what: 'image'}
 *   | {what: 'vertex'|'edge', annotation: Annotation, index: number}
 *   | {what: 'shape'|'inside', annotation: Annotation}} Hit
 *   edge: the mark in its middle; shape: a border; inside: of the selected outline
 */

/** An edge shorter than this many reaches has no mark in its middle, which would hide those of its vertices. */
const ROOM_FOR_MIDDLE = 4;

/** @param {Path} path @param {number} edge @param {number} reach */
export const hasMiddle = (path, edge, reach) => {
  const [from, to] = ends(path, edge);
  return distance(from, to) >= ROOM_FOR_MIDDLE * reach;
};

/**
 * What lies at a point of the image.
 * @param {Kind} kind
 * @param {readonly Annotation[]} items
 * @param {Annotation|undefined} selected its vertices and edges come before the borders of others
 * @param {Point} point
 * @param {number} reach image pixels
 * @returns {Hit}
 */
export const hit = (kind, items, selected, point, reach) => {
  if (selected) {
    const index = nearest(selected.shape.length, reach, (at) => distance(selected.shape[at], point));
    if (index !== undefined) return { what: 'vertex', annotation: selected, index };
    const edge = middleAt(kind, selected.shape, point, reach);
    if (edge !== undefined) return { what: 'edge', annotation: selected, index: edge };
    if (distanceToPath(kind, selected.shape, point, reach) <= reach) return { what: 'shape', annotation: selected };
  }
  const at = nearest(items.length, reach, (index) => distanceToPath(kind, items[index].shape, point, reach));
  if (at !== undefined) return { what: 'shape', annotation: items[at] };
  if (selected && kind.closed && contains(selected.shape, point)) return { what: 'inside', annotation: selected };
  return { what: 'image' };
};

/**
 * @param {Kind} kind
 * @param {Path} path
 * @param {Point} point
 * @param {number} reach
 */
const middleAt = (kind, path, point, reach) => {
  if (path.length >= kind.most) return undefined;
  return nearest(edges(path, kind.closed), reach, (edge) =>
    hasMiddle(path, edge, reach) ? distance(middle(ends(path, edge)), point) : Infinity);
};

/**
 * @param {Kind} kind
 * @param {Path} path
 * @param {Point} point
 * @param {number} reach a longer distance need not be known
 */
const distanceToPath = (kind, path, point, reach) => {
  const { left, top, width, height } = bounds(path);
  if (point.x < left - reach || point.y < top - reach) return Infinity;
  if (point.x > left + width + reach || point.y > top + height + reach) return Infinity;
  if (path.length === 1) return distance(path[0], point);
  let least = Infinity;
  for (let edge = edges(path, kind.closed) - 1; edge >= 0; edge -= 1) least = Math.min(least, distanceToEdge(point, ends(path, edge)));
  return least;
};

/**
 * The number that is nearest, if it is within reach; of equals the last, which lies on top.
 * @param {number} count
 * @param {number} reach
 * @param {(index: number) => number} far
 */
const nearest = (count, reach, far) => {
  let found;
  let least = reach;
  for (let index = 0; index < count; index += 1) {
    const away = far(index);
    if (away > least) continue;
    least = away;
    found = index;
  }
  return found;
};
