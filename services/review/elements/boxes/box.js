import { clamp } from '../drawing/geometry.js';

/**
 * Rectangles in pixels of the image itself, and nothing else: no page, no screen, no state.
 * @typedef {import('../drawing/geometry.js').Box} Box
 * @typedef {import('../drawing/geometry.js').Point} Point
 * @typedef {import('../drawing/geometry.js').Size} Size
 */

/** @param {Box} box */
export const right = (box) => box.left + box.width;

/** @param {Box} box */
export const bottom = (box) => box.top + box.height;

/** @param {Box} box */
export const area = (box) => box.width * box.height;

/** A box with a side of zero (or less) is empty. @param {Box} box */
export const isEmpty = (box) => !(box.width > 0 && box.height > 0);

/**
 * The box between two corners, in whichever order.
 * @param {Point} one
 * @param {Point} other
 * @returns {Box}
 */
export const between = (one, other) => ({
  left: Math.min(one.x, other.x),
  top: Math.min(one.y, other.y),
  width: Math.abs(one.x - other.x),
  height: Math.abs(one.y - other.y),
});

/**
 * The box with each edge at the nearest whole pixel.
 * @param {Box} box
 * @returns {Box}
 */
export const snap = (box) => {
  const left = Math.round(box.left);
  const top = Math.round(box.top);
  return { left, top, width: Math.round(right(box)) - left, height: Math.round(bottom(box)) - top };
};

/**
 * The part of the box that lies in the image; empty if none does.
 * @param {Box} box
 * @param {Size} size
 * @returns {Box}
 */
export const clip = (box, size) => {
  const left = clamp(box.left, 0, size.width);
  const top = clamp(box.top, 0, size.height);
  return {
    left,
    top,
    width: Math.max(0, Math.min(right(box), size.width) - left),
    height: Math.max(0, Math.min(bottom(box), size.height) - top),
  };
};

/**
 * Whole pixels inside the image, as an answer may have them.
 * @param {Box} box
 * @param {Size} size
 * @returns {Box}
 */
export const settle = (box, size) => clip(snap(box), size);

/**
 * The box moved as a whole, stopped by the image's borders: its size stays.
 * @param {Box} box
 * @param {Point} delta
 * @param {Size} size
 * @returns {Box}
 */
export const move = (box, delta, size) => ({
  ...box,
  left: clamp(Math.round(box.left + delta.x), 0, size.width - box.width),
  top: clamp(Math.round(box.top + delta.y), 0, size.height - box.height),
});

/**
 * Whether the point lies in the box grown by the margin on each side.
 * @param {Box} box
 * @param {Point} point
 */
export const contains = (box, point, margin = 0) =>
  point.x >= box.left - margin && point.x <= right(box) + margin && point.y >= box.top - margin && point.y <= bottom(box) + margin;

/**
 * Whether the point is within the margin of the box's border.
 * @param {Box} box
 * @param {Point} point
 * @param {number} margin
 */
export const onBorder = (box, point, margin) => {
  if (!contains(box, point, margin)) return false;
  const inset = Math.min(point.x - box.left, right(box) - point.x, point.y - box.top, bottom(box) - point.y);
  return inset <= margin;
};

/**
 * A box in the middle of another, of a share of its sides, at least one pixel.
 * @param {Box} outer
 * @param {number} share
 * @returns {Box}
 */
export const middle = (outer, share) => {
  const width = Math.max(1, Math.round(outer.width * share));
  const height = Math.max(1, Math.round(outer.height * share));
  return {
    left: Math.round(outer.left + (outer.width - width) / 2),
    top: Math.round(outer.top + (outer.height - height) / 2),
    width,
    height,
  };
};

/** @param {Box} one @param {Box} other */
export const same = (one, other) =>
  one.left === other.left && one.top === other.top && one.width === other.width && one.height === other.height;
