import { farEnough } from '../drawing/gestures.js';
import { toImage } from '../drawing/viewport.js';
import { move } from './path.js';

/**
 * @typedef {import('../drawing/annotations.js').Annotation<import('./path.js').Path>} Annotation
 * @typedef {import('../drawing/gestures.js').Gesture} Gesture
 * @typedef {import('../drawing/pointer.js').Press} Press
 * @typedef {import('./path.js').Path} Path
 * @typedef {import('./path.js').Point} Point
 * @typedef {import('./path-bench.js').PathBench} PathBench
 */

/**
 * Put a vertex where the press ends. A drag that begins a line of two vertices draws it whole.
 * @param {PathBench} bench
 * @param {Press} press
 * @returns {Gesture}
 */
export const placing = (bench, { at: start, reach, byFinger }) => {
  let at = start;
  const inImage = () => toImage(bench.view, at);
  return {
    move(to) {
      at = to;
      if (bench.kind.most === 2 && !bench.drawing && farEnough(start, to, byFinger)) bench.put(toImage(bench.view, start));
      bench.hover(to, undefined);
    },
    finish() {
      if (bench.endsAt(inImage(), reach / bench.view.scale)) bench.finish();
      else bench.put(inImage());
      if (byFinger) bench.hover(undefined, undefined);
    },
    cancel: () => bench.hover(undefined, undefined),
  };
};

/**
 * Move a path as a whole; a press without a drag does what a click there does.
 * @param {PathBench} bench
 * @param {Annotation} annotation
 * @param {Press} press
 * @param {() => void} click
 * @returns {Gesture}
 */
export const moving = (bench, annotation, { at: start, byFinger }, click) =>
  changing(bench, annotation, { start, byFinger, click, reshape: (from, to) =>
    move(annotation.shape, { x: to.x - from.x, y: to.y - from.y }, bench.size) });

/**
 * Move a vertex.
 * @param {PathBench} bench
 * @param {Annotation} annotation
 * @param {number} index
 * @param {Press} press
 * @returns {Gesture}
 */
export const bending = (bench, annotation, index, { at: start, byFinger }) => {
  const vertex = annotation.shape[index];
  bench.takeVertex(index);
  return changing(bench, annotation, { start, byFinger, click: () => {}, reshape: (from, to) =>
    bench.bent(annotation.shape, index, { x: vertex.x + to.x - from.x, y: vertex.y + to.y - from.y }) });
};

/**
 * Put a vertex on an edge, and move it.
 * @param {PathBench} bench
 * @param {Annotation} annotation
 * @param {number} edge
 * @param {Press} press
 * @returns {Gesture}
 */
export const splitting = (bench, annotation, edge, { at: start, byFinger }) => {
  const put = (/** @type {Point} */ at) => bench.split(annotation.shape, edge, at);
  const gesture = changing(bench, annotation, { start, byFinger, reshape: (_from, to) => put(to), click: () => {
    const shape = put(toImage(bench.view, start));
    if (shape) bench.place(annotation.id, shape);
  } });
  const finish = () => {
    gesture.finish();
    const grown = bench.annotations.selected?.shape;
    bench.takeVertex(grown && grown.length > annotation.shape.length ? edge + 1 : undefined);
  };
  return { ...gesture, finish };
};

/**
 * @param {PathBench} bench
 * @param {Annotation} annotation
 * @param {{start: Point, byFinger: boolean, reshape: (from: Point, to: Point) => Path|undefined, click: () => void}} how
 *   reshape: the path after a drag; undefined if it must stay as it was last
 * @returns {Gesture}
 */
const changing = (bench, annotation, { start, byFinger, reshape, click }) => {
  const from = toImage(bench.view, start);
  let dragged = false;
  return {
    move(to) {
      dragged ||= farEnough(start, to, byFinger);
      const shape = dragged ? reshape(from, toImage(bench.view, to)) : undefined;
      if (shape) bench.sketch({ id: annotation.id, label: annotation.label, shape });
    },
    finish() {
      const { draft } = bench;
      bench.sketch(undefined);
      if (!dragged) click();
      else if (draft) bench.place(annotation.id, draft.shape);
      bench.follow();
    },
    cancel: () => bench.sketch(undefined),
  };
};
