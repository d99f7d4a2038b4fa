/**
 * @typedef {import('./workbench.js').Workbench} Workbench
 * @typedef {import('./keyboard.js').Panels} Panels
 * @typedef {{name: string, hint: string, icon: string, run: (bench: Workbench, panels: Panels) => void, usable?: (bench: Workbench) => boolean}} Tool
 */

const ZOOM_STEP = 1.25;

/** What the icons are drawn with, in a square of 20. */
const ICONS = {
  add: 'M4 4h12v12H4zM10 7v6M7 10h6',
  undo: 'M7 5 3.5 8.5 7 12M4 8.5h8a4 4 0 0 1 0 8H9',
  redo: 'M13 5l3.5 3.5L13 12M16 8.5H8a4 4 0 0 0 0 8h3',
  remove: 'M4 6h12M8 6V4h4v2M5.5 6l.8 10.5h7.4L14.5 6M8.5 9v5M11.5 9v5',
  out: 'M9 14.5A5.5 5.5 0 1 0 9 3.5a5.5 5.5 0 0 0 0 11zM13 13l4 4M6.5 9h5',
  in: 'M9 14.5A5.5 5.5 0 1 0 9 3.5a5.5 5.5 0 0 0 0 11zM13 13l4 4M6.5 9h5M9 6.5v5',
  keys: 'M2.5 5.5h15v9h-15zM5 8.5h.01M8 8.5h.01M11 8.5h.01M14 8.5h.01M6 11.5h8',
};

/** @type {readonly Tool[]} */
const TOOLS = [
  { name: 'New box', hint: 'N', icon: ICONS.add, run: (bench) => bench.addInMiddle(), usable: (bench) => bench.ready && bench.label !== '' },
  { name: 'Delete box', hint: 'Delete', icon: ICONS.remove, run: (bench) => bench.remove(), usable: (bench) => bench.annotations.selected !== undefined },
  { name: 'Undo', hint: 'Ctrl+Z', icon: ICONS.undo, run: (bench) => bench.undo(), usable: (bench) => bench.annotations.canUndo },
  { name: 'Redo', hint: 'Ctrl+Y', icon: ICONS.redo, run: (bench) => bench.redo(), usable: (bench) => bench.annotations.canRedo },
  { name: 'Zoom out', hint: '–', icon: ICONS.out, run: (bench) => bench.zoomBy(1 / ZOOM_STEP), usable: (bench) => bench.ready },
  { name: 'Show the whole image', hint: '0', icon: '', run: (bench) => bench.fit(), usable: (bench) => bench.ready },
  { name: 'Zoom in', hint: '+', icon: ICONS.in, run: (bench) => bench.zoomBy(ZOOM_STEP), usable: (bench) => bench.ready },
  { name: 'Shortcuts', hint: '?', icon: ICONS.keys, run: (_bench, panels) => panels.openShortcuts() },
];
/** Tools before which a gap shows that a new group begins. */
const GROUPS = new Set(['Undo', 'Zoom out', 'Shortcuts']);

/** The row of buttons above the image. */
export class Toolbar {
  #bench;
  /** @type {{tool: Tool, button: HTMLButtonElement}[]} */
  #buttons;

  /**
   * @param {HTMLElement} root
   * @param {Workbench} bench
   * @param {Panels} panels
   */
  constructor(root, bench, panels) {
    this.#bench = bench;
    this.#buttons = TOOLS.map((tool) => ({ tool, button: toolButton(tool) }));
    for (const { tool, button } of this.#buttons) button.addEventListener('click', () => tool.run(bench, panels));
    root.replaceChildren(...this.#buttons.map(({ button }) => button));
  }

  paint() {
    for (const { tool, button } of this.#buttons) {
      button.disabled = tool.usable ? !tool.usable(this.#bench) : false;
      if (!tool.icon) button.textContent = `${Math.round(this.#bench.view.scale * 100)} %`;
    }
  }
}

/** @param {Tool} tool */
const toolButton = ({ name, hint, icon }) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = GROUPS.has(name) ? 'tool group' : 'tool';
  button.title = `${name} (${hint})`;
  button.setAttribute('aria-label', name);
  if (icon) button.append(drawing(icon));
  else button.classList.add('scale');
  return button;
};

/** @param {string} path */
const drawing = (path) => {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  const line = document.createElementNS(space, 'path');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
};
