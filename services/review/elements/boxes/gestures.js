import { farEnough } from '../drawing/gestures.js';
import { toImage } from '../drawing/viewport.js';
import { between, isEmpty, move, settle } from './box.js';
import { resize } from './handles.js';
import { smallestAround } from './hit.js';

/**
 * @typedef {import('./box.js').Box} Box
 * @typedef {import('../drawing/annotations.js').Annotation<Box>} Annotation
 * @typedef {import('../drawing/gestures.js').Gesture} Gesture
 * @typedef {import('../drawing/pointer.js').Press} Press
 * @typedef {import('./box.js').Point} Point
 * @typedef {import('./workbench.js').Workbench} Workbench
 */

/**
 * Draw a box; a click selects the smallest box there, or none.
 * @param {Workbench} bench
 * @param {Press} press
 * @returns {Gesture}
 */
export const drawing = (bench, press) => {
  const corner = toImage(bench.view, press.at);
  let drawn = false;
  return {
    move(to) {
      drawn ||= farEnough(press.at, to, press.byFinger);
      if (!drawn) return;
      bench.sketch({ label: bench.label, shape: settle(between(corner, toImage(bench.view, to)), bench.size) });
    },
    finish() {
      const { draft } = bench;
      bench.sketch(undefined);
      if (!drawn) click(bench, corner);
      else if (draft && !isEmpty(draft.shape)) bench.add(draft.shape);
    },
    cancel: () => bench.sketch(undefined),
  };
};

/**
 * Move a box; a click selects the smallest box there.
 * @param {Workbench} bench
 * @param {Annotation} annotation
 * @param {Press} press
 * @returns {Gesture}
 */
export const moving = (bench, annotation, press) => {
  const taken = toImage(bench.view, press.at);
  let moved = false;
  return {
    move(to) {
      moved ||= farEnough(press.at, to, press.byFinger);
      if (!moved) return;
      const now = toImage(bench.view, to);
      const box = move(annotation.shape, { x: now.x - taken.x, y: now.y - taken.y }, bench.size);
      bench.sketch({ id: annotation.id, label: annotation.label, shape: box });
    },
    finish() {
      finishChange(bench);
      if (!moved) click(bench, taken);
    },
    cancel: () => bench.sketch(undefined),
  };
};

/**
 * Resize a box by a handle.
 * @param {Workbench} bench
 * @param {Annotation} annotation
 * @param {import('./handles.js').Handle} handle
 * @param {Press} press
 * @returns {Gesture}
 */
export const resizing = (bench, annotation, handle, press) => {
  const taken = toImage(bench.view, press.at);
  return {
    move(to) {
      const now = toImage(bench.view, to);
      const box = resize(annotation.shape, handle, { x: now.x - taken.x, y: now.y - taken.y }, bench.size);
      if (!isEmpty(box)) bench.sketch({ id: annotation.id, label: annotation.label, shape: box });
    },
    finish: () => finishChange(bench),
    cancel: () => bench.sketch(undefined),
  };
};

/** @param {Workbench} bench */
const finishChange = (bench) => {
  const { draft } = bench;
  bench.sketch(undefined);
  if (draft?.id !== undefined) bench.place(draft.id, draft.shape);
};

/**
 * @param {Workbench} bench
 * @param {Point} point in the image
 */
const click = (bench, point) => {
  if (bench.hidden) return;
  bench.select(smallestAround(bench.annotations.items, point)?.id);
  bench.follow();
};
