import { clamp } from '../drawing/geometry.js';

/**
 * Paths in pixels of the image itself: a list of vertices, whole numbers. All pure. Its kind says what a path is (an
 * outline, a line, one point).
 * @typedef {import('../drawing/geometry.js').Box} Box
 * @typedef {import('../drawing/geometry.js').Point} Point
 * @typedef {import('../drawing/geometry.js').Size} Size
 * @typedef {readonly Readonly<Point>[]} Path
 */

/**
 * What a tool draws.
 * @typedef {object} Kind
 * @property {string} list the name of the answer's list
 * @property {boolean} closed whether an edge leads from the last vertex to the first
 * @property {number} least vertices
 * @property {number} most vertices
 * @property {boolean} simple whether edges must not meet each other
 */

/** @param {Point} one @param {Point} other */
export const samePoint = (one, other) => one.x === other.x && one.y === other.y;

/** @param {Path} one @param {Path} other */
export const same = (one, other) => one.length === other.length && one.every((point, index) => samePoint(point, other[index]));

/**
 * The nearest whole pixel in the image.
 * @param {Point} point
 * @param {Size} size
 * @returns {Point}
 */
export const settle = ({ x, y }, size) => ({ x: clamp(Math.round(x), 0, size.width), y: clamp(Math.round(y), 0, size.height) });

/** The smallest box around a path. @param {Path} path @returns {Box} */
export const bounds = (path) => {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of path) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return { left, top, width: right - left, height: bottom - top };
};

/**
 * The path moved as a whole, stopped by the image's borders: its form stays.
 * @param {Path} path
 * @param {Point} delta
 * @param {Size} size
 * @returns {Path}
 */
export const move = (path, delta, size) => {
  const { left, top, width, height } = bounds(path);
  const x = clamp(Math.round(delta.x), -left, size.width - left - width);
  const y = clamp(Math.round(delta.y), -top, size.height - top - height);
  return path.map((point) => ({ x: point.x + x, y: point.y + y }));
};

/** How many edges a path has. @param {Path} path @param {boolean} closed */
export const edges = (path, closed) => (closed && path.length > 2 ? path.length : path.length - 1);

/**
 * The two ends of an edge: from the vertex of the same number to the next.
 * @param {Path} path
 * @param {number} edge
 * @returns {[Point, Point]}
 */
export const ends = (path, edge) => [path[edge], path[(edge + 1) % path.length]];

/** @param {[Point, Point]} ends @returns {Point} */
export const middle = ([one, other]) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });

/** @param {Point} one @param {Point} other */
export const distance = (one, other) => Math.hypot(one.x - other.x, one.y - other.y);

/**
 * How far a point is from the line between two ends.
 * @param {Point} point
 * @param {[Point, Point]} ends
 */
export const distanceToEdge = (point, [from, to]) => {
  const along = { x: to.x - from.x, y: to.y - from.y };
  const length = along.x ** 2 + along.y ** 2;
  const share = length === 0 ? 0 : ((point.x - from.x) * along.x + (point.y - from.y) * along.y) / length;
  const reached = clamp(share, 0, 1);
  return distance(point, { x: from.x + reached * along.x, y: from.y + reached * along.y });
};

/**
 * Whether a point lies in an outline, by the even-odd rule.
 * @param {Path} path
 * @param {Point} point
 */
export const contains = (path, point) => {
  let inside = false;
  for (let edge = 0; edge < path.length; edge += 1) {
    const [from, to] = ends(path, edge);
    if (from.y > point.y === to.y > point.y) continue;
    const x = from.x + ((point.y - from.y) / (to.y - from.y)) * (to.x - from.x);
    if (point.x < x) inside = !inside;
  }
  return inside;
};
