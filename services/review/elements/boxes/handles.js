import { clamp } from '../drawing/geometry.js';
import { bottom, contains, right } from './box.js';

/**
 * The eight places by which a box is resized.
 * @typedef {import('./box.js').Box} Box
 * @typedef {import('./box.js').Point} Point
 * @typedef {import('./box.js').Size} Size
 * @typedef {'nw'|'n'|'ne'|'e'|'se'|'s'|'sw'|'w'} Handle
 */

/**
 * Which edges each handle moves: -1 left or top, 1 right or bottom, 0 none.
 * @type {Readonly<Record<Handle, {x: -1|0|1, y: -1|0|1}>>}
 */
const EDGES = {
  nw: { x: -1, y: -1 },
  n: { x: 0, y: -1 },
  ne: { x: 1, y: -1 },
  e: { x: 1, y: 0 },
  se: { x: 1, y: 1 },
  s: { x: 0, y: 1 },
  sw: { x: -1, y: 1 },
  w: { x: -1, y: 0 },
};

export const HANDLES = /** @type {Handle[]} */ (Object.keys(EDGES));

/** The cursor over a handle. @param {Handle} handle */
export const cursor = (handle) => `${handle}-resize`;

/**
 * Where a handle sits on the box.
 * @param {Box} box
 * @param {Handle} handle
 * @returns {Point}
 */
export const handlePoint = (box, handle) => ({
  x: box.left + (box.width * (EDGES[handle].x + 1)) / 2,
  y: box.top + (box.height * (EDGES[handle].y + 1)) / 2,
});

/**
 * The box after dragging one handle: whole pixels, inside the image. Dragged over the opposite edge, it flips.
 * @param {Box} box
 * @param {Handle} handle
 * @param {Point} delta
 * @param {Size} size
 * @returns {Box}
 */
export const resize = (box, handle, delta, size) => {
  const [left, width] = moveEdge(box.left, right(box), EDGES[handle].x, delta.x, size.width);
  const [top, height] = moveEdge(box.top, bottom(box), EDGES[handle].y, delta.y, size.height);
  return { left, top, width, height };
};

/**
 * @param {number} low
 * @param {number} high
 * @param {-1|0|1} side
 * @param {number} delta
 * @param {number} limit
 * @returns {[number, number]} start and length
 */
const moveEdge = (low, high, side, delta, limit) => {
  const first = side === -1 ? clamp(Math.round(low + delta), 0, limit) : low;
  const last = side === 1 ? clamp(Math.round(high + delta), 0, limit) : high;
  return [Math.min(first, last), Math.abs(last - first)];
};

/**
 * The handle under a point: corners first, then the whole of each edge. Inside the box the reach is at most a
 * quarter of the side, so that a small box can still be taken by its middle.
 * @param {Box} box
 * @param {Point} point
 * @param {number} reach in image pixels
 * @returns {Handle|undefined}
 */
export const handleAt = (box, point, reach) => {
  if (!contains(box, point, reach)) return undefined;
  const x = side(point.x, box.left, right(box), reach);
  const y = side(point.y, box.top, bottom(box), reach);
  return HANDLES.find((handle) => EDGES[handle].x === x && EDGES[handle].y === y);
};

/**
 * @param {number} at
 * @param {number} low
 * @param {number} high
 * @param {number} reach
 */
const side = (at, low, high, reach) => {
  const inner = Math.min(reach, (high - low) / 4);
  if (at <= low + inner) return -1;
  return at >= high - inner ? 1 : 0;
};
