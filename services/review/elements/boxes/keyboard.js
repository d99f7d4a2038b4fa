import { LABEL_KEYS, SHAPE_KEYS, VIEW_KEYS, arrowDelta, commanded, isArrow, plain } from '../drawing/keyboard.js';

/**
 * @typedef {import('./workbench.js').Workbench} Workbench
 * @typedef {import('../drawing/keyboard.js').Shortcut<Workbench>} Shortcut
 */

/** The edges that an arrow moves. @type {Readonly<Record<string, {first: 'w'|'n', last: 'e'|'s'}>>} */
const EDGES = {
  ArrowLeft: { first: 'w', last: 'e' },
  ArrowRight: { first: 'w', last: 'e' },
  ArrowUp: { first: 'n', last: 's' },
  ArrowDown: { first: 'n', last: 's' },
};

/** @type {readonly Shortcut[]} */
const EDGE_KEYS = [
  {
    keys: 'keys.last-edge',
    does: 'does.last-edge',
    hears: (event) => isArrow(event) && commanded(event),
    run: (bench, event) => bench.stretch(EDGES[event.key].last, arrowDelta(event)),
  },
  {
    keys: 'keys.first-edge',
    does: 'does.first-edge',
    hears: (event) => isArrow(event) && event.altKey && !commanded(event),
    run: (bench, event) => bench.stretch(EDGES[event.key].first, arrowDelta(event)),
  },
];

/** The keys of the box tool, in the order of the shortcuts panel. @type {readonly Shortcut[]} */
export const SHORTCUTS = [
  { keys: 'keys.new', does: 'does.new', hears: plain('n'), run: (bench) => bench.addInMiddle() },
  ...LABEL_KEYS,
  ...SHAPE_KEYS.slice(0, 2),
  ...EDGE_KEYS,
  ...SHAPE_KEYS.slice(2),
  ...VIEW_KEYS,
];

/** What the mouse does, for the same panel. */
export const GESTURES = [
  { keys: 'keys.drag', does: 'does.drag' },
  { keys: 'keys.click', does: 'does.click' },
  { keys: 'keys.shift-drag', does: 'does.shift-drag' },
  { keys: 'keys.wheel', does: 'does.wheel' },
];
