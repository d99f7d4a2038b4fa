import { clamp } from './geometry.js';

/**
 * How the image lies on the stage: stage = image * scale + offset. All pure; the stage's unit is the CSS pixel.
 * @typedef {import('./geometry.js').Box} Box
 * @typedef {import('./geometry.js').Point} Point
 * @typedef {import('./geometry.js').Size} Size
 * @typedef {{scale: number, x: number, y: number}} View
 */

const MARGIN = 12;
const LARGEST_SCALE = 32;
/** Fitting does not enlarge a tiny image beyond this. */
const LARGEST_FIT = 6;
/** The share of the stage that a zoomed part takes, and how large a pixel gets at most, unless the part is still small then. */
const SHARE_OF_STAGE = 0.6;
const LARGEST_BY_BOX = 16;
const COMFORTABLE = 48;
/** A shape smaller than this on its longer side, or on its shorter, is hardly visible; CSS pixels. */
const SEEN = 24;
const SEEN_ACROSS = 4;

/**
 * The view that shows the whole image, centred.
 * @param {Size} stage
 * @param {Size} image
 * @returns {View}
 */
export const fit = (stage, image) => {
  const across = Math.max(1, stage.width - 2 * MARGIN) / image.width;
  const down = Math.max(1, stage.height - 2 * MARGIN) / image.height;
  const scale = Math.min(across, down, LARGEST_FIT);
  return { scale, x: (stage.width - image.width * scale) / 2, y: (stage.height - image.height * scale) / 2 };
};

/**
 * @param {View} view
 * @param {Point} point on the stage
 * @returns {Point} in the image
 */
export const toImage = (view, point) => ({ x: (point.x - view.x) / view.scale, y: (point.y - view.y) / view.scale });

/**
 * @param {View} view
 * @param {Box} box in the image
 * @returns {Box} on the stage
 */
export const toStage = (view, box) => ({
  left: box.left * view.scale + view.x,
  top: box.top * view.scale + view.y,
  width: box.width * view.scale,
  height: box.height * view.scale,
});

/**
 * A box as it lies in the container of the shapes, which moves with the image.
 * @param {Box} box in the image
 * @param {number} scale
 * @returns {Box}
 */
export const scaled = ({ left, top, width, height }, scale) => ({
  left: left * scale,
  top: top * scale,
  width: width * scale,
  height: height * scale,
});

/**
 * The part of the image that can be seen.
 * @param {View} view
 * @param {Size} stage
 * @param {Size} image
 * @returns {Box}
 */
export const visible = (view, stage, image) => {
  const first = toImage(view, { x: 0, y: 0 });
  const last = toImage(view, { x: stage.width, y: stage.height });
  const left = clamp(first.x, 0, image.width);
  const top = clamp(first.y, 0, image.height);
  return { left, top, width: clamp(last.x, left, image.width) - left, height: clamp(last.y, top, image.height) - top };
};

/**
 * Zoom so that the image's point under `at` stays there.
 * @param {View} view
 * @param {number} factor
 * @param {Point} at on the stage
 * @param {Size} stage
 * @param {Size} image
 * @returns {View}
 */
export const zoom = (view, factor, at, stage, image) => {
  const smallest = Math.min(fit(stage, image).scale / 2, 1);
  const scale = clamp(view.scale * factor, smallest, LARGEST_SCALE);
  const held = toImage(view, at);
  return keepInSight({ scale, x: at.x - held.x * scale, y: at.y - held.y * scale }, stage, image);
};

/**
 * The view that shows a part of the image with room around it, centred.
 * @param {Box} box
 * @param {Size} stage
 * @param {Size} image
 * @returns {View}
 */
export const magnify = (box, stage, image) => {
  const longer = Math.max(box.width, box.height);
  const largest = longer > 0 ? clamp(COMFORTABLE / longer, LARGEST_BY_BOX, LARGEST_SCALE) : LARGEST_BY_BOX;
  return centre(box, Math.min(fill(box, stage), largest), stage, image);
};

/**
 * The scale at which a part takes its share of the stage.
 * @param {Box} box
 * @param {Size} stage
 */
const fill = (box, stage) =>
  Math.min(stage.width / Math.max(1, box.width), stage.height / Math.max(1, box.height)) * SHARE_OF_STAGE;

/**
 * @param {Box} box
 * @param {number} scale
 * @param {Size} stage
 * @param {Size} image
 */
const centre = (box, scale, stage, image) => {
  const x = stage.width / 2 - (box.left + box.width / 2) * scale;
  const y = stage.height / 2 - (box.top + box.height / 2) * scale;
  return keepInSight({ scale, x, y }, stage, image);
};

/**
 * @param {View} view
 * @param {Point} delta
 * @param {Size} stage
 * @param {Size} image
 * @returns {View}
 */
export const pan = (view, delta, stage, image) =>
  keepInSight({ ...view, x: view.x + delta.x, y: view.y + delta.y }, stage, image);

/**
 * Pan as little as needed to see the box, or a part of one that is larger than the stage.
 * @param {View} view
 * @param {Box} box
 * @param {Size} stage
 * @param {Size} image
 */
export const reveal = (view, box, stage, image) => {
  const on = toStage(view, box);
  const delta = { x: shift(on.left, on.width, stage.width), y: shift(on.top, on.height, stage.height) };
  return delta.x === 0 && delta.y === 0 ? view : pan(view, delta, stage, image);
};

/**
 * Pan, and zoom if needed, so that the whole box is visible and large enough.
 * @param {View} view
 * @param {Box} box
 * @param {Size} stage
 * @param {Size} image
 * @returns {View}
 */
export const show = (view, box, stage, image) => {
  const on = toStage(view, box);
  if (on.width > stage.width || on.height > stage.height) return centre(box, fill(box, stage), stage, image);
  const wanted = Math.min(view.scale * enlargement(on), LARGEST_SCALE, fill(box, stage));
  return wanted > view.scale ? centre(box, wanted, stage, image) : reveal(view, box, stage, image);
};

/**
 * The factor by which a shape must grow to be visible; 1 if it is, and for a point, whose mark has a fixed size.
 * @param {Box} on the stage
 */
const enlargement = ({ width, height }) => {
  const [longer, shorter] = [Math.max(width, height), Math.min(width, height)];
  const across = shorter > 0 && shorter < SEEN_ACROSS ? SEEN_ACROSS / shorter : 1;
  return Math.max(across, longer > 0 && longer < SEEN ? COMFORTABLE / longer : 1);
};

/**
 * How far to pan in one direction, with a margin where there is room for one.
 * @param {number} start
 * @param {number} length
 * @param {number} room
 */
const shift = (start, length, room) => {
  const end = start + length;
  if (length > room) return start > room - MARGIN || end < MARGIN ? clamp(start, room / 2 - length, room / 2) - start : 0;
  if (start >= 0 && end <= room) return 0;
  const margin = Math.min(MARGIN, (room - length) / 2);
  return clamp(start, margin, room - length - margin) - start;
};

/**
 * Keep the image on the stage: its middle third stays reachable.
 * @param {View} view
 * @param {Size} stage
 * @param {Size} image
 * @returns {View}
 */
const keepInSight = (view, stage, image) => {
  const width = image.width * view.scale;
  const height = image.height * view.scale;
  return {
    scale: view.scale,
    x: clamp(view.x, stage.width / 3 - width, (stage.width * 2) / 3),
    y: clamp(view.y, stage.height / 3 - height, (stage.height * 2) / 3),
  };
};
