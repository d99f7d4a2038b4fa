import { crosses } from './crossing.js';
import { distance, edges, ends, samePoint } from './path.js';

/**
 * A path after a change of one of its vertices. All pure.
 * @typedef {import('./path.js').Kind} Kind
 * @typedef {import('./path.js').Path} Path
 * @typedef {import('./path.js').Point} Point
 * @typedef {{path: Path}|{refused: 'crossing'|'nothing'|'too-few'}} Edit nothing: two vertices in one place
 */

/**
 * Move a vertex.
 * @param {Kind} kind
 * @param {Path} path
 * @param {number} index
 * @param {Point} point a whole pixel
 * @returns {Edit}
 */
export const bend = (kind, path, index, point) => {
  const touched = [before(path, index), index];
  return judge(kind, path.with(index, point), touched, crossing(kind, path, touched));
};

/**
 * Add a vertex on an edge.
 * @param {Kind} kind
 * @param {Path} path
 * @param {number} edge
 * @param {Point} point a whole pixel
 * @returns {Edit}
 */
export const split = (kind, path, edge, point) => {
  if (path.length >= kind.most) return { refused: 'nothing' };
  return judge(kind, path.toSpliced(edge + 1, 0, point), [edge, edge + 1], crossing(kind, path, [edge]));
};

/**
 * Remove a vertex.
 * @param {Kind} kind
 * @param {Path} path
 * @param {number} index
 * @returns {Edit}
 */
export const drop = (kind, path, index) => {
  if (path.length <= kind.least) return { refused: 'too-few' };
  const next = path.toSpliced(index, 1);
  return judge(kind, next, [before(next, index)], crossing(kind, path, [before(path, index), index]));
};

/** The longest edge. @param {Kind} kind @param {Path} path */
export const longest = (kind, path) => {
  let found = 0;
  for (let edge = 1; edge < edges(path, kind.closed); edge += 1) {
    if (distance(...ends(path, edge)) > distance(...ends(path, found))) found = edge;
  }
  return found;
};

/** @param {Path} path @param {number} index */
const before = (path, index) => (index + path.length - 1) % path.length;

/** @param {Kind} kind @param {Path} path @param {number[]} touched */
const crossing = (kind, path, touched) => kind.simple && crosses(path, kind.closed, touched);

/**
 * @param {Kind} kind
 * @param {Path} next
 * @param {number[]} touched edges
 * @param {boolean} crossedBefore an outline that crosses itself already can be corrected step by step
 * @returns {Edit}
 */
const judge = (kind, next, touched, crossedBefore) => {
  const count = edges(next, kind.closed);
  if (touched.some((edge) => edge < count && samePoint(...ends(next, edge)))) return { refused: 'nothing' };
  return !crossedBefore && crossing(kind, next, touched) ? { refused: 'crossing' } : { path: next };
};
