/**
 * The keys of the box tool, all in one table; the shortcuts panel is printed from it.
 * @typedef {import('./workbench.js').Workbench} Workbench
 * @typedef {{openLabels: () => void, openShortcuts: () => void}} Panels
 * @typedef {{
 *   keys: string, does: string,
 *   hears: (event: KeyboardEvent) => boolean,
 *   run: (bench: Workbench, event: KeyboardEvent, panels: Panels) => void,
 * }} Shortcut
 */

const ZOOM_STEP = 1.25;
const FAR = 10;

/** @type {Readonly<Record<string, {x: number, y: number, first: 'w'|'n', last: 'e'|'s'}>>} */
const ARROWS = {
  ArrowLeft: { x: -1, y: 0, first: 'w', last: 'e' },
  ArrowRight: { x: 1, y: 0, first: 'w', last: 'e' },
  ArrowUp: { x: 0, y: -1, first: 'n', last: 's' },
  ArrowDown: { x: 0, y: 1, first: 'n', last: 's' },
};

/** @param {KeyboardEvent} event */
const commanded = (event) => event.ctrlKey || event.metaKey;

/** @param {...string} names */
const plain = (...names) => (/** @type {KeyboardEvent} */ event) =>
  !commanded(event) && !event.altKey && names.includes(event.key.length === 1 ? event.key.toLowerCase() : event.key);

/** @param {KeyboardEvent} event */
const isArrow = (event) => Object.hasOwn(ARROWS, event.key);

/** @param {KeyboardEvent} event */
const delta = (event) => {
  const reach = event.shiftKey ? FAR : 1;
  const { x, y } = ARROWS[event.key];
  return { x: x * reach, y: y * reach };
};

/** @type {readonly Shortcut[]} */
export const SHORTCUTS = [
  { keys: 'N', does: 'New box in the middle', hears: plain('n'), run: (bench) => bench.addInMiddle() },
  {
    keys: '1 – 9',
    does: 'Choose a label, also for the selected box',
    hears: (event) => /^[1-9]$/u.test(event.key) && plain(event.key)(event),
    run: (bench, event) => bench.chooseLabel(bench.labels[Number(event.key) - 1]),
  },
  { keys: 'L', does: 'Find a label by name', hears: plain('l'), run: (_bench, _event, panels) => panels.openLabels() },
  {
    keys: 'Tab, Shift + Tab',
    does: 'Go from box to box',
    hears: () => false, // the browser's own way: every box takes the focus
    run: () => {},
  },
  {
    keys: 'Arrows',
    does: 'Move the box by 1 pixel; with Shift by 10',
    hears: (event) => isArrow(event) && !commanded(event) && !event.altKey,
    run: (bench, event) => bench.nudge(delta(event)),
  },
  {
    keys: 'Ctrl + arrows',
    does: 'Move its right or bottom edge; with Shift by 10',
    hears: (event) => isArrow(event) && commanded(event),
    run: (bench, event) => bench.stretch(ARROWS[event.key].last, delta(event)),
  },
  {
    keys: 'Alt + arrows',
    does: 'Move its left or top edge; with Shift by 10',
    hears: (event) => isArrow(event) && event.altKey && !commanded(event),
    run: (bench, event) => bench.stretch(ARROWS[event.key].first, delta(event)),
  },
  { keys: 'Delete, Backspace', does: 'Delete the box', hears: plain('Delete', 'Backspace'), run: (bench) => bench.remove() },
  {
    keys: 'Ctrl + Z',
    does: 'Undo',
    hears: (event) => commanded(event) && !event.shiftKey && event.key.toLowerCase() === 'z',
    run: (bench) => bench.undo(),
  },
  {
    keys: 'Ctrl + Y',
    does: 'Redo',
    hears: (event) => commanded(event) && (event.key.toLowerCase() === 'y' || (event.shiftKey && event.key.toLowerCase() === 'z')),
    run: (bench) => bench.redo(),
  },
  { keys: 'Esc', does: 'Select no box', hears: plain('Escape'), run: (bench) => bench.deselect() },
  { keys: '+', does: 'Zoom in', hears: plain('+', '='), run: (bench) => bench.zoomBy(ZOOM_STEP) },
  { keys: '–', does: 'Zoom out', hears: plain('-', '_'), run: (bench) => bench.zoomBy(1 / ZOOM_STEP) },
  { keys: '0', does: 'Show the whole image', hears: plain('0'), run: (bench) => bench.fit() },
  {
    keys: 'Space + drag',
    does: 'Move the image (or the middle button)',
    hears: plain(' '),
    run: (bench) => {
      bench.panning = true;
    },
  },
  { keys: '?', does: 'These shortcuts', hears: plain('?'), run: (_bench, _event, panels) => panels.openShortcuts() },
];

/** What the mouse does, for the same panel. */
export const GESTURES = [
  ['Drag', 'Draw a box with the chosen label'],
  ['Click a box', 'Select it; drag its inside to move it, its edges and corners to resize it'],
  ['Shift + drag', 'Draw a box inside the selected one'],
  ['Wheel, two fingers', 'Zoom; with Shift, move sideways'],
];

/** Listens to the keys of a tool. */
export class Keyboard {
  #host;
  #bench;
  #panels;

  /**
   * @param {HTMLElement} host
   * @param {Workbench} bench
   * @param {Panels} panels
   */
  constructor(host, bench, panels) {
    this.#host = host;
    this.#bench = bench;
    this.#panels = panels;
  }

  /** @param {AbortSignal} signal */
  connect(signal) {
    document.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    document.addEventListener('keyup', (event) => this.#onRelease(event), { signal });
    window.addEventListener('blur', () => this.#stopPanning(), { signal });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.defaultPrevented || !this.#bench.ready || !this.#isMeant(event)) return;
    const shortcut = SHORTCUTS.find(({ hears }) => hears(event));
    if (!shortcut) return;
    event.preventDefault();
    shortcut.run(this.#bench, event, this.#panels);
  }

  /** Keys typed into a field, into a dialog or onto another control are not for the tool. @param {KeyboardEvent} event */
  #isMeant(event) {
    const path = event.composedPath().filter((target) => target instanceof Element);
    if (path.some((element) => element.matches('input, textarea, select, dialog, [contenteditable]'))) return false;
    if (event.key === ' ' && path.some((element) => element.matches('button'))) return false;
    return path.includes(this.#host) || path[0] === document.body || path[0] === document.documentElement;
  }

  /** @param {KeyboardEvent} event */
  #onRelease(event) {
    if (event.key === ' ') this.#stopPanning();
  }

  #stopPanning() {
    this.#bench.panning = false;
  }
}
