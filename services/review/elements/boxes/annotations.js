import { same } from './box.js';
import { History } from '../drawing/history.js';

/**
 * @typedef {import('./box.js').Box} Box
 * @typedef {Readonly<{id: number, label: string, box: Box}>} Annotation
 */

/** The labelled boxes of one image, the selected one, and all that can be undone. */
export class Annotations {
  #nextId = 1;
  /** @type {readonly Annotation[]} */
  #initial = [];
  /** @type {History<readonly Annotation[]>} */
  #history = new History(/** @type {readonly Annotation[]} */ ([]));
  /** @type {number|undefined} */
  #selectedId;
  #clock;

  /** @param {() => number} clock milliseconds */
  constructor(clock = () => performance.now()) {
    this.#clock = clock;
  }

  get items() {
    return this.#history.present;
  }

  get canUndo() {
    return this.#history.canUndo;
  }

  get canRedo() {
    return this.#history.canRedo;
  }

  get selected() {
    return this.items.find((item) => item.id === this.#selectedId);
  }

  /** Whether boxes or labels differ from those that were loaded. */
  get modified() {
    const now = this.items;
    return now.length !== this.#initial.length || now.some((item, index) => !equal(item, this.#initial[index]));
  }

  /**
   * Begin with these boxes; nothing before can be undone.
   * @param {{label: string, box: Box}[]} boxes
   */
  load(boxes) {
    this.#initial = boxes.map(({ label, box }) => ({ id: this.#nextId++, label, box }));
    this.#history = new History(this.#initial);
    this.#selectedId = undefined;
  }

  /** @param {number|undefined} id */
  select(id) {
    this.#selectedId = id;
  }

  /**
   * @param {string} label
   * @param {Box} box
   * @returns {number} its id
   */
  add(label, box) {
    const id = this.#nextId++;
    this.#record([...this.items, { id, label, box }]);
    this.#selectedId = id;
    return id;
  }

  /**
   * Put a box elsewhere; a box left where it is makes no step.
   * @param {number} id
   * @param {Box} box
   * @param {string} kind of step, see History.record
   * @returns {boolean} whether it made one
   */
  place(id, box, kind = '') {
    const item = this.items.find((each) => each.id === id);
    if (!item || same(item.box, box)) return false;
    this.#replace(id, { ...item, box }, kind && `${kind} ${id}`);
    return true;
  }

  /**
   * @param {number} id
   * @param {string} label
   */
  relabel(id, label) {
    const item = this.items.find((each) => each.id === id);
    if (item && item.label !== label) this.#replace(id, { ...item, label }, '');
  }

  /** @param {number} id */
  remove(id) {
    this.#record(this.items.filter((item) => item.id !== id));
    if (this.#selectedId === id) this.#selectedId = undefined;
  }

  undo() {
    this.#history.undo();
  }

  redo() {
    this.#history.redo();
  }

  /**
   * @param {number} id
   * @param {Annotation} next
   * @param {string} kind
   */
  #replace(id, next, kind) {
    this.#record(this.items.map((item) => (item.id === id ? next : item)), kind);
  }

  /**
   * @param {readonly Annotation[]} items
   * @param {string} kind
   */
  #record(items, kind = '') {
    this.#history.record(items, kind, this.#clock());
  }
}

/**
 * @param {Annotation} one
 * @param {Annotation|undefined} other
 */
const equal = (one, other) => other !== undefined && one.label === other.label && same(one.box, other.box);
