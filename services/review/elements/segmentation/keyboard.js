import { LABEL_KEYS, SHAPE_KEYS, VIEW_KEYS, arrowDelta, commanded, isArrow, plain } from '../drawing/keyboard.js';
import { movePen, togglePen } from './pen.js';

/**
 * @typedef {import('./segmentation-bench.js').SegmentationBench} SegmentationBench
 * @typedef {import('../drawing/keyboard.js').Shortcut<any>} Shortcut `any`: the keys of shapes among them are written
 *   for their bench, and use only what this one also has
 */

const SHARED = new Set(['keys.delete', 'keys.clear', 'keys.undo', 'keys.redo', 'keys.escape']);

/** The keys of painting, in the order of the shortcuts panel. @type {readonly Shortcut[]} */
export const SHORTCUTS = [
  { keys: 'keys.brush', does: 'does.brush', hears: plain('b'), run: (bench) => bench.useOutline(false) },
  { keys: 'keys.outline', does: 'does.outline', hears: plain('p'), run: (bench) => bench.useOutline(true) },
  { keys: 'keys.eraser', does: 'does.eraser', hears: plain('e'), run: (bench) => bench.erase(!bench.erasing) },
  { keys: 'keys.smaller', does: 'does.smaller', hears: plain('['), run: (bench) => bench.resizeBrush(-1) },
  { keys: 'keys.larger', does: 'does.larger', hears: plain(']'), run: (bench) => bench.resizeBrush(1) },
  ...LABEL_KEYS,
  {
    keys: 'keys.arrows',
    does: 'does.arrows',
    hears: (event) => isArrow(event) && !commanded(event) && !event.altKey,
    run: (bench, event) => movePen(bench, arrowDelta(event)),
  },
  { keys: 'keys.pen', does: 'does.pen', hears: plain('Enter'), run: (bench) => togglePen(bench) },
  ...SHAPE_KEYS.filter(({ keys }) => SHARED.has(keys)),
  ...VIEW_KEYS,
];

/** @type {readonly Shortcut[]} */
export const INSTANCE_SHORTCUTS = [
  { keys: 'keys.new', does: 'does.new', hears: plain('n'), run: (bench) => bench.begins() },
  ...SHORTCUTS.filter((shortcut) => !VIEW_KEYS.includes(shortcut)),
  ...SHAPE_KEYS.filter(({ keys }) => keys === 'keys.selected'),
  ...VIEW_KEYS,
];

/** What the mouse does, for the same panel. */
export const GESTURES = [
  { keys: 'keys.drag', does: 'does.drag' },
  { keys: 'keys.wheel', does: 'does.wheel' },
];

export const INSTANCE_GESTURES = [GESTURES[0], { keys: 'keys.click', does: 'does.click' }, GESTURES[1]];
