import { ZOOM_STEP } from './keyboard.js';

/**
 * @template {import('./bench.js').Bench} Bench
 * @typedef {object} Tool
 * @property {string} name a sentence's key
 * @property {string} keys a sentence's key
 * @property {string} [icon] a path in a square of 20
 * @property {(bench: Bench) => string} [text] the text on the button, without an icon
 * @property {boolean} [group] whether a gap before it shows that a new group begins
 * @property {(bench: Bench, panels: import('./keyboard.js').Panels) => void} run
 * @property {(bench: Bench) => boolean} [usable]
 * @property {(bench: Bench) => boolean} [pressed] makes it a switch
 */

const ICONS = {
  undo: 'M7 5 3.5 8.5 7 12M4 8.5h8a4 4 0 0 1 0 8H9',
  redo: 'M13 5l3.5 3.5L13 12M16 8.5H8a4 4 0 0 0 0 8h3',
  remove: 'M4 6h12M8 6V4h4v2M5.5 6l.8 10.5h7.4L14.5 6M8.5 9v5M11.5 9v5',
  out: 'M9 14.5A5.5 5.5 0 1 0 9 3.5a5.5 5.5 0 0 0 0 11zM13 13l4 4M6.5 9h5',
  in: 'M9 14.5A5.5 5.5 0 1 0 9 3.5a5.5 5.5 0 0 0 0 11zM13 13l4 4M6.5 9h5M9 6.5v5',
  selected: 'M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4M7 7h6v6H7z',
  hide: 'M2.5 10S5 5 10 5s7.5 5 7.5 5-2.5 5-7.5 5-7.5-5-7.5-5zM10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  keys: 'M2.5 5.5h15v9h-15zM5 8.5h.01M8 8.5h.01M11 8.5h.01M14 8.5h.01M6 11.5h8',
  accept: 'M4 10.5l4 4 8-9',
};

/** @param {import('./bench.js').Bench} bench */
const ready = (bench) => bench.ready;

/** @type {readonly Tool<import('./shape-bench.js').AnyShapeBench>[]} */
export const SHAPE_TOOLS = [
  {
    name: 'tool.accept',
    keys: 'keys.accept',
    icon: ICONS.accept,
    run: (bench) => bench.accept(),
    usable: (bench) => bench.guesses > 0,
  },
  {
    name: 'tool.delete',
    keys: 'keys.delete',
    icon: ICONS.remove,
    run: (bench) => bench.remove(),
    usable: (bench) => bench.selectedId !== undefined,
  },
  { name: 'tool.undo', keys: 'keys.undo', icon: ICONS.undo, group: true, run: (bench) => bench.undo(), usable: (bench) => bench.canUndo },
  { name: 'tool.redo', keys: 'keys.redo', icon: ICONS.redo, run: (bench) => bench.redo(), usable: (bench) => bench.canRedo },
];

/** @type {readonly Tool<import('./bench.js').Bench>[]} */
export const VIEW_TOOLS = [
  { name: 'tool.out', keys: 'keys.out', icon: ICONS.out, group: true, run: (bench) => bench.zoomBy(1 / ZOOM_STEP), usable: ready },
  { name: 'tool.fit', keys: 'keys.fit', text: (bench) => `${Math.round(bench.view.scale * 100)} %`, run: (bench) => bench.fit(), usable: ready },
  { name: 'tool.in', keys: 'keys.in', icon: ICONS.in, run: (bench) => bench.zoomBy(ZOOM_STEP), usable: ready },
  { name: 'tool.actual', keys: 'keys.actual', text: () => '1:1', run: (bench) => bench.actualSize(), usable: ready },
];

/** @type {Tool<import('./shape-bench.js').AnyShapeBench>} */
export const SELECTED_TOOL = {
  name: 'tool.selected',
  keys: 'keys.selected',
  icon: ICONS.selected,
  run: (bench) => bench.zoomToSelected(),
  usable: (bench) => bench.selectedId !== undefined,
};

/** @type {readonly Tool<import('./bench.js').Bench>[]} */
export const PANEL_TOOLS = [
  { name: 'tool.hide', keys: 'keys.hide', icon: ICONS.hide, group: true, run: (bench) => bench.hide(!bench.hidden), usable: ready, pressed: (bench) => bench.hidden },
  { name: 'tool.keys', keys: 'keys.help', icon: ICONS.keys, run: (_bench, panels) => panels.openShortcuts() },
];

/**
 * The row of buttons above the image.
 * @template {import('./bench.js').Bench} Bench
 */
export class Toolbar {
  #bench;
  /** @type {{tool: Tool<Bench>, button: HTMLButtonElement}[]} */
  #buttons;

  /**
   * @param {HTMLElement} root
   * @param {Bench} bench
   * @param {import('./keyboard.js').Panels} panels
   * @param {readonly Tool<Bench>[]} tools
   */
  constructor(root, bench, panels, tools) {
    this.#bench = bench;
    this.#buttons = tools.map((tool) => ({ tool, button: toolButton(tool, bench.t) }));
    for (const { tool, button } of this.#buttons) button.addEventListener('click', () => tool.run(bench, panels));
    root.replaceChildren(...this.#buttons.map(({ button }) => button));
  }

  paint() {
    for (const { tool, button } of this.#buttons) {
      const disabled = tool.usable ? !tool.usable(this.#bench) : false;
      if (button.disabled !== disabled) button.disabled = disabled;
      if (tool.pressed) button.setAttribute('aria-pressed', String(tool.pressed(this.#bench)));
      if (tool.text) write(button, tool.text(this.#bench));
    }
  }
}

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
const write = (element, text) => {
  if (element.textContent !== text) element.textContent = text;
};

/**
 * @template {import('./bench.js').Bench} Bench
 * @param {Tool<Bench>} tool
 * @param {import('./bench.js').Texts} t
 */
const toolButton = ({ name, keys, icon, group }, t) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = group ? 'tool group' : 'tool';
  button.title = t('hint', { name: t(name), keys: t(keys) });
  button.setAttribute('aria-label', t(name));
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
