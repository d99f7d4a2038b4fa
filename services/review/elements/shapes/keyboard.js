import { LABEL_KEYS, SHAPE_KEYS, VIEW_KEYS, arrowDelta, commanded, isArrow, plain } from '../drawing/keyboard.js';

/**
 * @typedef {import('./path-bench.js').PathBench} PathBench
 * @typedef {import('../drawing/keyboard.js').Shortcut<PathBench>} Shortcut
 */

/** How far Ctrl and an arrow move the keyboard's cursor: this share of what can be seen. */
const LEAP = 0.1;

/** @type {readonly Shortcut[]} */
const DRAWING_KEYS = [
  { keys: 'keys.new', does: 'does.new', hears: plain('n'), run: (bench) => bench.begin() },
  {
    keys: 'keys.arrows',
    does: 'does.arrows',
    hears: (event) => isArrow(event) && !commanded(event) && !event.altKey,
    run: (bench, event) => (bench.selectedId === undefined ? bench.aim(arrowDelta(event)) : bench.nudge(arrowDelta(event))),
  },
  {
    keys: 'keys.leap',
    does: 'does.leap',
    hears: (event) => isArrow(event) && commanded(event),
    run: (bench, event) => {
      const { x, y } = arrowDelta(event);
      bench.leap({ x: Math.sign(x), y: Math.sign(y) }, LEAP);
    },
  },
  { keys: 'keys.enter', does: 'does.enter', hears: plain('Enter'), run: (bench) => bench.enter() },
];

/** @type {readonly Shortcut[]} */
const VERTEX_KEYS = [
  {
    keys: 'keys.vertices',
    does: 'does.vertices',
    hears: (event, bench) => plain('Tab')(event) && bench.vertex !== undefined,
    run: (bench, event) => bench.takeVertex((bench.vertex ?? 0) + (event.shiftKey ? -1 : 1)),
  },
  { keys: 'keys.insert', does: 'does.insert', hears: plain('p'), run: (bench) => bench.insert() },
];

/** Those of all shapes, but for the arrows, which move a cursor here. */
const OTHER_KEYS = SHAPE_KEYS.filter(({ keys }) => keys !== 'keys.arrows');

/**
 * The keys of a tool, in the order of the shortcuts panel.
 * @param {import('./path.js').Kind} kind
 * @returns {readonly Shortcut[]}
 */
export const createShortcuts = (kind) => [
  ...DRAWING_KEYS,
  ...LABEL_KEYS,
  ...OTHER_KEYS.slice(0, 1),
  ...(kind.most > 1 ? VERTEX_KEYS.slice(0, kind.most > 2 ? 2 : 1) : []),
  ...OTHER_KEYS.slice(1),
  ...VIEW_KEYS,
];

/**
 * What the mouse does, for the same panel.
 * @param {import('./path.js').Kind} kind
 */
export const createGestures = (kind) => [
  { keys: 'keys.click', does: 'does.click' },
  ...(kind.most === 1 ? [] : [{ keys: 'keys.ending', does: 'does.ending' }]),
  { keys: 'keys.select', does: 'does.select' },
  ...(kind.most > 2 ? [{ keys: 'keys.middle', does: 'does.middle' }] : []),
  { keys: 'keys.shift-click', does: 'does.shift-click' },
  { keys: 'keys.wheel', does: 'does.wheel' },
];
