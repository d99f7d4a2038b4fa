import { between, isEmpty, move, settle } from './box.js';
import { resize } from './handles.js';
import { smallestAround } from './hit.js';
import { toImage } from '../drawing/viewport.js';

/**
 * One press, from down to up. Points are on the stage; nothing is recorded before `finish`.
 * @typedef {import('./annotations.js').Annotation} Annotation
 * @typedef {import('./box.js').Point} Point
 * @typedef {import('./workbench.js').Workbench} Workbench
 * @typedef {{move: (to: Point) => void, finish: () => void, cancel: () => void}} Gesture
 */

/** A press that goes no further than this (CSS pixels) is a click. */
const CLICK_REACH = 3;

/** @param {Point} from @param {Point} to */
const farEnough = (from, to) => Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)) > CLICK_REACH;

/**
 * Draw a box; a click selects the smallest box there, or none.
 * @param {Workbench} bench
 * @param {Point} start
 * @returns {Gesture}
 */
export const drawing = (bench, start) => {
  const corner = toImage(bench.view, start);
  let drawn = false;
  return {
    move(to) {
      drawn ||= farEnough(start, to);
      if (!drawn) return;
      bench.sketch({ label: bench.label, box: settle(between(corner, toImage(bench.view, to)), bench.size) });
    },
    finish() {
      const { draft } = bench;
      bench.sketch(undefined);
      if (!drawn) click(bench, corner);
      else if (draft && !isEmpty(draft.box)) bench.add(draft.box);
    },
    cancel: () => bench.sketch(undefined),
  };
};

/**
 * Move a box; a click selects the smallest box there.
 * @param {Workbench} bench
 * @param {Annotation} annotation
 * @param {Point} start
 * @returns {Gesture}
 */
export const moving = (bench, annotation, start) => {
  const taken = toImage(bench.view, start);
  let moved = false;
  return {
    move(to) {
      moved ||= farEnough(start, to);
      if (!moved) return;
      const now = toImage(bench.view, to);
      const box = move(annotation.box, { x: now.x - taken.x, y: now.y - taken.y }, bench.size);
      bench.sketch({ id: annotation.id, label: annotation.label, box });
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
 * @param {Point} start
 * @returns {Gesture}
 */
export const resizing = (bench, annotation, handle, start) => {
  const taken = toImage(bench.view, start);
  return {
    move(to) {
      const now = toImage(bench.view, to);
      const box = resize(annotation.box, handle, { x: now.x - taken.x, y: now.y - taken.y }, bench.size);
      if (!isEmpty(box)) bench.sketch({ id: annotation.id, label: annotation.label, box });
    },
    finish: () => finishChange(bench),
    cancel: () => bench.sketch(undefined),
  };
};

/**
 * Move the image.
 * @param {Workbench} bench
 * @param {Point} start
 * @returns {Gesture}
 */
export const panning = (bench, start) => {
  let last = start;
  return {
    move(to) {
      bench.panBy({ x: to.x - last.x, y: to.y - last.y });
      last = to;
    },
    finish: () => {},
    cancel: () => {},
  };
};

/**
 * Zoom and move the image with two fingers.
 * @param {Workbench} bench
 * @param {() => [Point, Point]} fingers where they are now
 * @returns {Gesture}
 */
export const pinching = (bench, fingers) => {
  let last = span(fingers());
  return {
    move() {
      const now = span(fingers());
      bench.zoomBy(now.distance / last.distance, last.centre);
      bench.panBy({ x: now.centre.x - last.centre.x, y: now.centre.y - last.centre.y });
      last = now;
    },
    finish: () => {},
    cancel: () => {},
  };
};

/** @param {[Point, Point]} fingers */
const span = ([one, other]) => ({
  centre: { x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 },
  distance: Math.max(1, Math.hypot(one.x - other.x, one.y - other.y)),
});

/** @param {Workbench} bench */
const finishChange = (bench) => {
  const { draft } = bench;
  bench.sketch(undefined);
  if (draft?.id !== undefined) bench.place(draft.id, draft.box);
};

/**
 * @param {Workbench} bench
 * @param {Point} point in the image
 */
const click = (bench, point) => {
  bench.select(smallestAround(bench.annotations.items, point)?.id);
  bench.follow();
};
