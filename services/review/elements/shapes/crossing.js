import { edges, ends, samePoint } from './path.js';

/**
 * @typedef {import('./path.js').Path} Path
 * @typedef {import('./path.js').Point} Point
 */

/**
 * Whether any of these edges meets another edge of the path anywhere but at the vertex they share. Only changed edges
 * need this check, so a path of ten thousand vertices can be drawn and changed as fast as a small one.
 * @param {Path} path
 * @param {boolean} closed
 * @param {readonly number[]} changed numbers of edges
 */
export const crosses = (path, closed, changed) => {
  const count = edges(path, closed);
  for (const edge of changed) {
    for (let other = 0; other < count; other += 1) {
      if (edge < count && other !== edge && meet(path, edge, other, closed ? count : Infinity)) return true;
    }
  }
  return false;
};

/**
 * @param {Path} path
 * @param {number} one
 * @param {number} other
 * @param {number} round after how many edges the first follows
 */
const meet = (path, one, other, round) => {
  if ((one + 1) % round === other % round) return foldsBack(path, one, other);
  if ((other + 1) % round === one % round) return foldsBack(path, other, one);
  return intersect(ends(path, one), ends(path, other));
};

/**
 * Whether an edge leads back over the one before it.
 * @param {Path} path
 * @param {number} before
 * @param {number} after
 */
const foldsBack = (path, before, after) => {
  const [from, corner] = ends(path, before);
  const [, to] = ends(path, after);
  const ahead = (from.x - corner.x) * (to.x - corner.x) + (from.y - corner.y) * (to.y - corner.y);
  return turn(from, corner, to) === 0 && (ahead > 0 || samePoint(from, corner) || samePoint(corner, to));
};

/**
 * Whether two edges have a point in common; exact for whole numbers.
 * @param {[Point, Point]} one
 * @param {[Point, Point]} other
 */
const intersect = ([a, b], [c, d]) => {
  const sides = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (sides[0] !== sides[1] && sides[2] !== sides[3]) return true;
  const [ofC, ofD, ofA, ofB] = sides;
  return (ofC === 0 && between(a, b, c)) || (ofD === 0 && between(a, b, d)) || (ofA === 0 && between(c, d, a)) || (ofB === 0 && between(c, d, b));
};

/** On which side of the line from `a` to `b` the point lies: 1, -1, or 0 on it. @param {Point} a @param {Point} b @param {Point} point */
const turn = (a, b, point) => Math.sign((b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x));

/** @param {Point} a @param {Point} b @param {Point} point on their line */
const between = (a, b, point) =>
  point.x >= Math.min(a.x, b.x) && point.x <= Math.max(a.x, b.x) && point.y >= Math.min(a.y, b.y) && point.y <= Math.max(a.y, b.y);
