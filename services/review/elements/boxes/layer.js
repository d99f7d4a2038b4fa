import { colour, textColour } from '../drawing/colours.js';
import { scaled } from '../drawing/viewport.js';
import { HANDLES, handlePoint } from './handles.js';
import { t } from './texts.js';

/**
 * @typedef {import('./box.js').Box} Box
 * @typedef {import('../drawing/annotations.js').Annotation<Box>} Annotation
 * @typedef {import('./workbench.js').Workbench} Workbench
 * @typedef {object} Look all that shows in the element of one box
 * @property {Annotation|undefined} annotation
 * @property {Box} shape where it is drawn: away from the annotation while it is dragged
 * @property {string} text
 * @property {number} label its place in the list
 * @property {number} scale
 * @property {boolean} inside whether its tag must be inside, because there is no room above
 * @property {boolean} selected
 * @property {boolean} hovered
 * @property {number} index
 * @property {number} count
 */

const TAG_HEIGHT = 18;
/** On a box with a shorter side than this (CSS pixels) eight handles would hide what is in it: it has four. */
const ROOM_FOR_EIGHT = 40;

/** Draws the boxes over the image: one focusable element a box, in the page's own order. Only what changed is touched. */
export class BoxLayer {
  #root;
  /** @type {Map<number, {element: HTMLElement, look: Look|undefined}>} */
  #shown = new Map();
  /** @type {{element: HTMLElement, look: Look|undefined}} */
  #sketch = { element: boxElement(), look: undefined };

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    const { element } = this.#sketch;
    element.classList.add('sketch');
    element.removeAttribute('tabindex');
    element.removeAttribute('role');
    element.setAttribute('aria-hidden', 'true');
  }

  /** The element of a box. @param {number|undefined} id */
  element(id) {
    return id === undefined ? undefined : this.#shown.get(id)?.element;
  }

  /** @param {Workbench} bench */
  paint(bench) {
    const { items } = bench.annotations;
    const places = new Map(bench.labels.map((label, index) => [label, index]));
    this.#dropAllBut(items);
    items.forEach((annotation, index) => {
      const label = places.get(annotation.label) ?? -1;
      dress(this.#partOf(annotation, index), { ...lookOf(bench, annotation), label, index, count: items.length });
    });
    this.#paintSketch(bench, places);
  }

  /** @param {readonly Annotation[]} items */
  #dropAllBut(items) {
    const kept = new Set(items.map((item) => item.id));
    for (const [id, { element }] of this.#shown) {
      if (kept.has(id)) continue;
      element.remove();
      this.#shown.delete(id);
    }
  }

  /**
   * @param {Annotation} annotation
   * @param {number} index
   */
  #partOf({ id }, index) {
    const part = this.#shown.get(id) ?? { element: boxElement(), look: undefined };
    const { element } = part;
    if (!this.#shown.has(id)) element.dataset.id = String(id);
    this.#shown.set(id, part);
    // An element that is already in its place must stay untouched: moving it would take the focus away.
    if (this.#root.children[index] !== element) this.#root.insertBefore(element, this.#root.children[index] ?? null);
    return part;
  }

  /**
   * @param {Workbench} bench
   * @param {Map<string, number>} places
   */
  #paintSketch(bench, places) {
    const { draft, view } = bench;
    const { element } = this.#sketch;
    if (!draft || draft.id !== undefined) {
      if (element.isConnected) element.remove();
      return;
    }
    const { label, shape } = draft;
    const text = t('box.size', { label, width: shape.width, height: shape.height });
    const place = { shape, scale: view.scale, inside: isInside(shape, view), text, label: places.get(label) ?? -1 };
    dress(this.#sketch, { ...place, annotation: undefined, selected: false, hovered: false, index: 0, count: 0 });
    if (!element.isConnected) this.#root.append(element);
  }
}

/**
 * @param {Workbench} bench
 * @param {Annotation} annotation
 */
const lookOf = ({ draft, view, hoveredId, selectedId }, annotation) => {
  const shape = draft?.id === annotation.id ? draft.shape : annotation.shape;
  const { id, label, score } = annotation;
  return {
    annotation,
    shape,
    text: score === undefined ? label : t('guess', { label, score: Math.round(score) }),
    scale: view.scale,
    inside: isInside(shape, view),
    selected: selectedId === id,
    hovered: hoveredId === id,
  };
};

/**
 * @param {Box} shape
 * @param {import('../drawing/viewport.js').View} view
 */
const isInside = (shape, view) => shape.top * view.scale + view.y < TAG_HEIGHT;

const boxElement = () => {
  const element = document.createElement('div');
  element.className = 'box';
  element.tabIndex = 0;
  element.setAttribute('role', 'button');
  element.setAttribute('aria-roledescription', t('box'));
  const tag = document.createElement('span');
  tag.className = 'tag';
  tag.dir = 'auto';
  element.append(tag);
  return element;
};

/**
 * Update the element of a box to its current look.
 * @param {{element: HTMLElement, look: Look|undefined}} part
 * @param {Look} look
 */
const dress = (part, look) => {
  const { element, look: before } = part;
  if (before?.label !== look.label) dye(element, look.label);
  if (before?.shape !== look.shape || before.scale !== look.scale) put(element, scaled(look.shape, look.scale));
  if (before?.inside !== look.inside) element.classList.toggle('tag-inside', look.inside);
  if (before?.hovered !== look.hovered) element.classList.toggle('hovered', look.hovered);
  if (before?.text !== look.text) /** @type {HTMLElement} */ (element.firstElementChild).textContent = look.text;
  if (look.annotation) describe(element, before, look, look.annotation);
  part.look = look;
};

/**
 * @param {HTMLElement} element
 * @param {Look|undefined} before
 * @param {Look} look
 * @param {Annotation} annotation
 */
const describe = (element, before, look, annotation) => {
  const { selected, index, count } = look;
  if (before?.selected !== selected) {
    element.classList.toggle('selected', selected);
    element.setAttribute('aria-pressed', String(selected));
    handles(element, selected);
  }
  if (before?.annotation === annotation && before.index === index && before.count === count) return;
  const { label, shape, score } = annotation;
  const name = t('box.name', { label, index: index + 1, count, ...shape });
  element.classList.toggle('guess', score !== undefined);
  element.setAttribute('aria-label', score === undefined ? name : t('box.guess', { name, score: Math.round(score) }));
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
const put = (element, { left, top, width, height }) => {
  const { style } = element;
  style.transform = `translate(${left}px, ${top}px)`;
  style.width = `${width}px`;
  style.height = `${height}px`;
  element.classList.toggle('tight', Math.min(width, height) < ROOM_FOR_EIGHT);
};

/**
 * @param {HTMLElement} element
 * @param {boolean} wanted
 */
const handles = (element, wanted) => {
  for (const handle of element.querySelectorAll('.handle')) handle.remove();
  if (!wanted) return;
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
