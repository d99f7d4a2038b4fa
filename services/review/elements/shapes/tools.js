import { PANEL_TOOLS, SELECTED_TOOL, SHAPE_TOOLS, VIEW_TOOLS } from '../drawing/toolbar.js';

/**
 * @typedef {import('./path-bench.js').PathBench} PathBench
 * @typedef {import('../drawing/toolbar.js').Tool<PathBench>} Tool
 */

/** @type {Tool} */
const FINISH = {
  name: 'tool.finish',
  keys: 'keys.enter',
  icon: 'M4 15 7 5l9 3-2 8zM4 15l10 1',
  run: (bench) => bench.finish(),
  usable: (bench) => bench.drawn.length >= bench.kind.least,
};

/** @type {Tool} */
const INSERT = {
  name: 'tool.insert',
  keys: 'keys.insert',
  icon: 'M3 15 9 9M13 6l4-3M9 7h4M11 5v4M15 13v4M13 15h4',
  run: (bench) => bench.insert(),
  usable: (bench) => (bench.annotations.selected?.shape.length ?? Infinity) < bench.kind.most,
};

/** Deletes the last vertex drawn or the one in hand, before it deletes the whole path. */
const REMOVABLE = (/** @type {PathBench} */ bench) => bench.drawing || bench.selectedId !== undefined;

/**
 * The buttons above the image.
 * @param {import('./path.js').Kind} kind
 * @returns {readonly Tool[]}
 */
export const createTools = (kind) => [
  ...(kind.most > 2 ? [FINISH, INSERT] : []),
  ...SHAPE_TOOLS.map((tool) => (tool.name === 'tool.delete' ? { ...tool, usable: REMOVABLE } : tool)),
  ...VIEW_TOOLS,
  SELECTED_TOOL,
  ...PANEL_TOOLS,
];
