import { PANEL_TOOLS, SELECTED_TOOL, SHAPE_TOOLS, VIEW_TOOLS } from '../drawing/toolbar.js';

const SHARED = new Set(['tool.undo', 'tool.redo']);

/**
 * A button of painting. `any`: those of shapes are written for their bench, and use only what this one also has.
 * @typedef {import('../drawing/toolbar.js').Tool<any>} Tool
 */

/** The buttons above the image. @type {readonly Tool[]} */
export const TOOLS = [
  {
    name: 'tool.brush',
    keys: 'keys.brush',
    icon: 'M12 9l4.5-5.5M12 9c-2-1-4 0-4.500 2.500C7 14 5.500 15 3.500 15.500c3 1.500 8 1 9-2.500.500-1.700.500-3-.500-4z',
    run: (bench) => bench.useOutline(false),
    pressed: (bench) => !bench.outlining && !bench.erasing,
  },
  {
    name: 'tool.outline',
    keys: 'keys.outline',
    icon: 'M4 13C2 8 6 3.500 10.500 4c5 .500 7.500 6 4 9-2.500 2-4 .500-6.500 1-1.500.300-3 1-4-1z',
    run: (bench) => bench.useOutline(true),
    pressed: (bench) => bench.outlining && !bench.erasing,
  },
  {
    name: 'tool.eraser',
    keys: 'keys.eraser',
    icon: 'M11 4l5 5-7 7H6l-3-3zM7.500 7.500l5 5M9 16h8',
    run: (bench) => bench.erase(!bench.erasing),
    pressed: (bench) => bench.erasing,
  },
  { name: 'tool.smaller', keys: 'keys.smaller', text: () => '–', group: true, run: (bench) => bench.resizeBrush(-1) },

  { name: 'tool.larger', keys: 'keys.larger', text: (bench) => `${bench.brush} px +`, run: (bench) => bench.resizeBrush(1) },
  ...SHAPE_TOOLS.filter(({ name }) => SHARED.has(name)),
  ...VIEW_TOOLS,
  ...PANEL_TOOLS,
];

/** @type {readonly Tool[]} */
export const INSTANCE_TOOLS = [
  {
    name: 'tool.new',
    keys: 'keys.new',
    icon: 'M10 4v12M4 10h12',
    run: (bench) => bench.begins(),
    usable: (bench) => bench.ready && bench.label !== '',
  },
  {
    name: 'tool.delete',
    keys: 'keys.delete',
    icon: 'M4 6h12M8 6V4h4v2M5.500 6l.800 10.500h7.400L14.500 6M8.500 9v5M11.500 9v5',
    run: (bench) => bench.remove(),
    usable: (bench) => bench.selectedId !== undefined,
  },
  ...TOOLS.filter((tool) => !PANEL_TOOLS.includes(tool)),
  SELECTED_TOOL,
  ...PANEL_TOOLS,
];
