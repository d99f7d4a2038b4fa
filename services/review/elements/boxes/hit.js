import { area, contains, onBorder } from './box.js';
import { handleAt } from './handles.js';

/**
 * What lies under a point of the image.
 * @typedef {import('../drawing/annotations.js').Annotation<Box>} Annotation
 * @typedef {import('./box.js').Box} Box
 * @typedef {import('./box.js').Point} Point
 * @typedef {{what: 'handle', annotation: Annotation, handle: import('./handles.js').Handle}} HandleHit
 * @typedef {HandleHit|{what: 'box', annotation: Annotation}|{what: 'image'}} Hit
 */

/**
 * What a press at the point would take: the selected box's handles and inside, or the border of another.
 * The inside of a box that is not selected is free for drawing.
 * @param {readonly Annotation[]} annotations
 * @param {Annotation|undefined} selected
 * @param {Point} point
 * @param {number} reach in image pixels
 * @returns {Hit}
 */
export const hit = (annotations, selected, point, reach) => {
  if (selected) {
    const handle = handleAt(selected.shape, point, reach);
    if (handle) return { what: 'handle', annotation: selected, handle };
    if (contains(selected.shape, point)) return { what: 'box', annotation: selected };
  }
  const border = annotations.findLast((annotation) => onBorder(annotation.shape, point, reach / 2));
  return border ? { what: 'box', annotation: border } : { what: 'image' };
};

/**
 * The box that a click at the point means: the smallest around it.
 * @param {readonly Annotation[]} annotations
 * @param {Point} point
 * @returns {Annotation|undefined}
 */
export const smallestAround = (annotations, point) =>
  annotations
    .filter((annotation) => contains(annotation.shape, point))
    .reduce((/** @type {Annotation|undefined} */ best, next) => (best && area(best.shape) < area(next.shape) ? best : next), undefined);
