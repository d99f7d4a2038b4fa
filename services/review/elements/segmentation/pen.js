import { clamp } from '../drawing/geometry.js';
import { toImage } from '../drawing/viewport.js';

/**
 * The pen that keys move, for people who paint without a pointer.
 * @typedef {import('../drawing/geometry.js').Point} Point
 * @typedef {import('./segmentation-bench.js').SegmentationBench} SegmentationBench
 */

/** The middle of the pixel where the pen is: under the mouse, or where keys have moved it; in the image's middle at first. @param {SegmentationBench} bench */
const pen = ({ pointer, size, view }) => {
  if (!pointer) return within(size, { x: size.width / 2, y: size.height / 2 });
  return within(size, toImage(view, pointer));
};

/**
 * Move the pen; it paints while it is down.
 * @param {SegmentationBench} bench
 * @param {Point} delta image pixels
 */
export const movePen = (bench, delta) => {
  if (!bench.ready) return;
  const from = pen(bench);
  const to = within(bench.size, { x: from.x + delta.x, y: from.y + delta.y });
  bench.pointAt(to);
  if (bench.penDown) bench.drawTo(to);
  bench.listener.say(bench.t('said.pen', { x: Math.floor(to.x), y: Math.floor(to.y) }));
};

/** Put the pen down, or lift it. @param {SegmentationBench} bench */
export const togglePen = (bench) => {
  if (bench.penDown) {
    bench.lift();
    return;
  }
  const at = pen(bench);
  bench.pointAt(at);
  bench.penDown = bench.begin(at);
  if (bench.penDown) bench.listener.say(bench.t('said.pen-down'));
};

/**
 * @param {import('../drawing/geometry.js').Size} size
 * @param {Point} point
 */
const within = ({ width, height }, { x, y }) => ({
  x: clamp(Math.floor(x), 0, width - 1) + 0.5,
  y: clamp(Math.floor(y), 0, height - 1) + 0.5,
});
