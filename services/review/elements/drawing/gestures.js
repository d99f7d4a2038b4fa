/**
 * One press, from down to up. Points are on the stage; nothing is recorded before `finish`.
 * @typedef {import('./bench.js').Bench} Bench
 * @typedef {import('./geometry.js').Point} Point
 * @typedef {{move: (to: Point) => void, finish: () => void, cancel: () => void}} Gesture
 */

/** A press that goes no further than this (CSS pixels) is a click. */
const CLICK_REACH = { mouse: 3, touch: 8 };

/**
 * Whether a press went far enough to be a drag.
 * @param {Point} from
 * @param {Point} to
 * @param {boolean} byFinger
 */
export const farEnough = (from, to, byFinger = false) =>
  Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)) > (byFinger ? CLICK_REACH.touch : CLICK_REACH.mouse);

/**
 * Move the image.
 * @param {Bench} bench
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
 * @param {Bench} bench
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
