/**
 * The keys that all drawing tools have; a tool adds its own. The shortcuts panel is written from the same tables.
 * @typedef {{openLabels: () => void, openShortcuts: () => void, openInstructions: () => void}} Panels
 */

/**
 * @template {import('./bench.js').Bench} Bench
 * @typedef {object} Shortcut
 * @property {string} keys a sentence's key: the text in the panel
 * @property {string} does a sentence's key
 * @property {(event: KeyboardEvent, bench: Bench) => boolean} hears
 * @property {(bench: Bench, event: KeyboardEvent, panels: Panels) => void} run
 */

export const ZOOM_STEP = 1.25;
const FAR = 10;
/** How far an arrow moves the image when nothing is selected, in CSS pixels. */
const STRIDE = 24;

/** @type {Readonly<Record<string, import('./geometry.js').Point>>} */
const ARROWS = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Whether the command key of this kind of machine is held. @param {KeyboardEvent} event */
export const commanded = (event) => event.ctrlKey || event.metaKey;

/**
 * Matches keys by name, in upper or lower case, without Ctrl and Alt.
 * @param {...string} names
 */
export const plain = (...names) => (/** @type {KeyboardEvent} */ event) =>
  !commanded(event) && !event.altKey && names.includes(event.key.length === 1 ? event.key.toLowerCase() : event.key);

/** @param {KeyboardEvent} event */
export const isArrow = (event) => Object.hasOwn(ARROWS, event.key);

/** One pixel in the arrow's direction, with Shift ten. @param {KeyboardEvent} event */
export const arrowDelta = (event) => {
  const reach = event.shiftKey ? FAR : 1;
  const { x, y } = ARROWS[event.key];
  return { x: x * reach, y: y * reach };
};

/** @type {readonly Shortcut<import('./bench.js').Bench>[]} */
export const LABEL_KEYS = [
  {
    keys: 'keys.digits',
    does: 'does.digits',
    hears: (event) => /^[1-9]$/u.test(event.key) && plain(event.key)(event),
    run: (bench, event) => bench.chooseLabel(bench.labels[Number(event.key) - 1]),
  },
  { keys: 'keys.find', does: 'does.find', hears: plain('l', '/'), run: (_bench, _event, panels) => panels.openLabels() },
];

/** What can be done to the selected shape. @type {readonly Shortcut<import('./shape-bench.js').AnyShapeBench>[]} */
export const SHAPE_KEYS = [
  { keys: 'keys.tab', does: 'does.tab', hears: () => false, run: () => {} }, // the browser's own way
  {
    keys: 'keys.arrows',
    does: 'does.arrows',
    hears: (event) => isArrow(event) && !commanded(event) && !event.altKey,
    run: (bench, event) => {
      const delta = arrowDelta(event);
      if (bench.selectedId === undefined) bench.panBy({ x: -delta.x * STRIDE, y: -delta.y * STRIDE });
      else bench.nudge(delta);
    },
  },
  { keys: 'keys.accept', does: 'does.accept', hears: plain('a'), run: (bench) => bench.accept() },
  {
    keys: 'keys.clear',
    does: 'does.clear',
    hears: (event) => event.shiftKey && plain('Delete', 'Backspace')(event),
    run: (bench) => bench.clear(),
  },
  { keys: 'keys.delete', does: 'does.delete', hears: plain('Delete', 'Backspace'), run: (bench) => bench.remove() },
  {
    keys: 'keys.undo',
    does: 'does.undo',
    hears: (event) => commanded(event) && !event.shiftKey && event.key.toLowerCase() === 'z',
    run: (bench) => bench.undo(),
  },
  {
    keys: 'keys.redo',
    does: 'does.redo',
    hears: (event) => commanded(event) && (event.key.toLowerCase() === 'y' || (event.shiftKey && event.key.toLowerCase() === 'z')),
    run: (bench) => bench.redo(),
  },
  { keys: 'keys.escape', does: 'does.escape', hears: plain('Escape'), run: (bench) => bench.deselect() },
  { keys: 'keys.selected', does: 'does.selected', hears: plain('z'), run: (bench) => bench.zoomToSelected() },
];

/** @type {readonly Shortcut<import('./bench.js').Bench>[]} */
export const VIEW_KEYS = [
  { keys: 'keys.in', does: 'does.in', hears: plain('+', '='), run: (bench) => bench.zoomBy(ZOOM_STEP) },
  { keys: 'keys.out', does: 'does.out', hears: plain('-', '_'), run: (bench) => bench.zoomBy(1 / ZOOM_STEP) },
  { keys: 'keys.fit', does: 'does.fit', hears: plain('0', 'f'), run: (bench) => bench.fit() },
  { keys: 'keys.actual', does: 'does.actual', hears: plain('o'), run: (bench) => bench.actualSize() },
  { keys: 'keys.space', does: 'does.space', hears: plain(' '), run: (bench) => bench.grab(true) },
  { keys: 'keys.hide', does: 'does.hide', hears: plain('h'), run: (bench, event) => event.repeat || bench.hide(true) },
  { keys: 'keys.tags', does: 'does.tags', hears: plain('t'), run: (bench) => bench.toggleTags() },
  { keys: 'keys.instructions', does: 'does.instructions', hears: plain('i'), run: (_bench, _event, panels) => panels.openInstructions() },
  { keys: 'keys.submit', does: 'does.submit', hears: () => false, run: () => {} }, // the form hears it
  { keys: 'keys.help', does: 'does.help', hears: plain('?'), run: (_bench, _event, panels) => panels.openShortcuts() },
];

/**
 * Listens to the keys of a tool.
 * @template {import('./bench.js').Bench} Bench
 */
export class Keyboard {
  #host;
  #bench;
  #panels;
  #shortcuts;

  /**
   * @param {HTMLElement} host
   * @param {Bench} bench
   * @param {Panels} panels
   * @param {readonly Shortcut<Bench>[]} shortcuts the first that accepts a key gets it
   */
  constructor(host, bench, panels, shortcuts) {
    this.#host = host;
    this.#bench = bench;
    this.#panels = panels;
    this.#shortcuts = shortcuts;
  }

  /** @param {AbortSignal} signal */
  connect(signal) {
    document.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    document.addEventListener('keyup', (event) => this.#onRelease(event), { signal });
    window.addEventListener('blur', () => this.#letGo(), { signal });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.defaultPrevented || event.isComposing || !this.#bench.ready || !this.#isMeant(event)) return;
    const shortcut = this.#shortcuts.find(({ hears }) => hears(event, this.#bench));
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run(this.#bench, event, this.#panels);
  }

  /** Keys typed into a field, into a dialog or onto another control are not for the tool. @param {KeyboardEvent} event */
  #isMeant(event) {
    const path = event.composedPath().filter((target) => target instanceof Element);
    if (path.some((element) => element.matches('input, textarea, select, dialog, [contenteditable]'))) return false;
    if ((event.key === ' ' || event.key === 'Enter') && path.some((element) => element.matches('button'))) return false;
    return path.includes(this.#host) || path[0] === document.body || path[0] === document.documentElement;
  }

  /** @param {KeyboardEvent} event */
  #onRelease(event) {
    if (event.key === ' ') this.#bench.grab(false);
    if (event.key.toLowerCase() === 'h') this.#bench.hide(false);
  }

  /** The release of a key elsewhere is never received. */
  #letGo() {
    this.#bench.grab(false);
    this.#bench.hide(false);
  }
}
