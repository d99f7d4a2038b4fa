import { PANEL_TOOLS, SELECTED_TOOL, SHAPE_TOOLS, VIEW_TOOLS } from '../drawing/toolbar.js';

/** The buttons above the image. @type {readonly import('../drawing/toolbar.js').Tool<import('./workbench.js').Workbench>[]} */
export const TOOLS = [
  {
    name: 'tool.new',
    keys: 'keys.new',
    icon: 'M4 4h12v12H4zM10 7v6M7 10h6',
    run: (bench) => bench.addInMiddle(),
    usable: (bench) => bench.ready && bench.label !== '',
  },
  ...SHAPE_TOOLS,
  ...VIEW_TOOLS,
  SELECTED_TOOL,
  ...PANEL_TOOLS,
];
