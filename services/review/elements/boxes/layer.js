import { colour, textColour } from '../drawing/colours.js';
import { HANDLES, handlePoint } from './handles.js';
import { toStage } from '../drawing/viewport.js';

/**
 * @typedef {import('./annotations.js').Annotation} Annotation
 * @typedef {import('./box.js').Box} Box
 * @typedef {import('./workbench.js').Workbench} Workbench
 */

const TAG_HEIGHT = 20;

/** Draws the boxes over the image: one focusable element a box, in the page's own order. */
export class BoxLayer {
  #root;
  /** @type {Map<number, HTMLElement>} */
  #shown = new Map();
  #sketch = boxElement();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.#sketch.classList.add('sketch');
    this.#sketch.removeAttribute('tabindex');
    this.#sketch.setAttribute('aria-hidden', 'true');
  }

  /** The element of a box. @param {number|undefined} id */
  element(id) {
    return id === undefined ? undefined : this.#shown.get(id);
  }

  /** @param {Workbench} bench */
  paint(bench) {
    const { items } = bench.annotations;
    this.#dropAllBut(items);
    items.forEach((annotation, index) => {
      const element = this.#elementOf(annotation, index);
      this.#paintBox(bench, element, annotation);
      describe(element, annotation, index, items.length);
    });
    this.#paintSketch(bench);
  }

  /** @param {readonly Annotation[]} items */
  #dropAllBut(items) {
    const kept = new Set(items.map((item) => item.id));
    for (const [id, element] of this.#shown) {
      if (kept.has(id)) continue;
      element.remove();
      this.#shown.delete(id);
    }
  }

  /**
   * @param {Annotation} annotation
   * @param {number} index
   */
  #elementOf({ id }, index) {
    const element = this.#shown.get(id) ?? boxElement();
    element.dataset.id = String(id);
    this.#shown.set(id, element);
    // An element that is in its place already must stay untouched: moving it would take the focus away.
    if (this.#root.children[index] !== element) this.#root.insertBefore(element, this.#root.children[index] ?? null);
    return element;
  }

  /**
   * @param {Workbench} bench
   * @param {HTMLElement} element
   * @param {Annotation} annotation
   */
  #paintBox(bench, element, { id, label, box }) {
    const selected = bench.annotations.selected?.id === id;
    const drawn = bench.draft?.id === id ? bench.draft.box : box;
    dye(element, bench.labels.indexOf(label));
    put(element, toStage(bench.view, drawn));
    element.classList.toggle('selected', selected);
    element.classList.toggle('hovered', bench.hoveredId === id);
    write(element, label);
    handles(element, selected);
  }

  /** @param {Workbench} bench */
  #paintSketch(bench) {
    const { draft } = bench;
    if (!draft || draft.id !== undefined) {
      this.#sketch.remove();
      return;
    }
    dye(this.#sketch, bench.labels.indexOf(draft.label));
    put(this.#sketch, toStage(bench.view, draft.box));
    write(this.#sketch, `${draft.label}  ${draft.box.width} × ${draft.box.height}`);
    if (!this.#sketch.isConnected) this.#root.append(this.#sketch);
  }
}

const boxElement = () => {
  const element = document.createElement('div');
  element.className = 'box';
  element.tabIndex = 0;
  element.setAttribute('role', 'button');
  element.setAttribute('aria-roledescription', 'box');
  const tag = document.createElement('span');
  tag.className = 'tag';
  element.append(tag);
  return element;
};

/**
 * @param {HTMLElement} element
 * @param {number} label its place in the list
 */
const dye = (element, label) => {
  element.style.setProperty('--colour', colour(label));
  element.style.setProperty('--text', textColour(label));
};

/**
 * @param {HTMLElement} element
 * @param {Box} box on the stage
 */
const put = (element, box) => {
  const { style } = element;
  style.transform = `translate(${box.left}px, ${box.top}px)`;
  style.width = `${box.width}px`;
  style.height = `${box.height}px`;
  element.classList.toggle('tag-inside', box.top < TAG_HEIGHT);
};

/**
 * @param {HTMLElement} element
 * @param {string} text
 */
const write = (element, text) => {
  const tag = /** @type {HTMLElement} */ (element.firstElementChild);
  if (tag.textContent !== text) tag.textContent = text;
};

/**
 * @param {HTMLElement} element
 * @param {Annotation} annotation
 * @param {number} index
 * @param {number} count
 */
const describe = (element, { label, box }, index, count) => {
  const text = `${label}, box ${index + 1} of ${count}, left ${box.left}, top ${box.top}, ${box.width} by ${box.height} pixels`;
  if (element.getAttribute('aria-label') !== text) element.setAttribute('aria-label', text);
  element.setAttribute('aria-pressed', String(element.classList.contains('selected')));
};

/**
 * @param {HTMLElement} element
 * @param {boolean} wanted
 */
const handles = (element, wanted) => {
  const there = element.querySelectorAll('.handle');
  if (!wanted) there.forEach((handle) => handle.remove());
  if (!wanted || there.length > 0) return;
  const unit = { left: 0, top: 0, width: 100, height: 100 };
  for (const name of HANDLES) {
    const handle = document.createElement('i');
    const { x, y } = handlePoint(unit, name);
    handle.className = 'handle';
    handle.dataset.handle = name;
    handle.style.left = `${x}%`;
    handle.style.top = `${y}%`;
    element.append(handle);
  }
};
