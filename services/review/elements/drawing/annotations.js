import { History } from './history.js';

/**
 * @template Shape
 * @typedef {Readonly<{id: number, label: string, shape: Shape, score?: number}>} Annotation
 *   `score`: how sure the model was, in percent, until a worker touches its guess
 */

/**
 * @template Shape
 * @typedef {{label: string, shape: Shape, score?: number}} Labelled
 */

/**
 * The labelled shapes of one image, the selected one, and the steps that can be undone.
 * @template Shape
 */
export class Annotations {
  #nextId = 1;
  /** @type {readonly Annotation<Shape>[]} */
  #initial = [];
  /** @type {History<readonly Annotation<Shape>[]>} */
  #history = new History(/** @type {readonly Annotation<Shape>[]} */ ([]));
  /** @type {number|undefined} */
  #selectedId;
  #same;
  #clock;

  /**
   * @param {(one: Shape, other: Shape) => boolean} same
   * @param {() => number} clock milliseconds
   */
  constructor(same, clock = () => performance.now()) {
    this.#same = same;
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
    return this.find(this.#selectedId);
  }

  /** Whether shapes or labels differ from those that were loaded. */
  get modified() {
    const now = this.items;
    return now.length !== this.#initial.length || now.some((item, index) => !this.#equal(item, this.#initial[index]));
  }

  /** @param {number|undefined} id */
  find(id) {
    return id === undefined ? undefined : this.items.find((item) => item.id === id);
  }

  /**
   * Start with these shapes; nothing before can be undone.
   * @param {readonly Labelled<Shape>[]} shapes
   */
  load(shapes) {
    this.#initial = shapes.map((each) => ({ ...each, id: this.#nextId++ }));
    this.#begin(this.#initial);
  }

  /**
   * Continue with the shapes from before the page was left; `modified` still compares with what was loaded. A shape
   * that equals a loaded one is that one, with its score.
   * @param {readonly Labelled<Shape>[]} shapes
   */
  resume(shapes) {
    const left = [...this.#initial];
    this.#begin(shapes.map((each) => {
      const index = left.findIndex((item) => this.#equal(item, each));
      return index < 0 ? { ...each, id: this.#nextId++ } : left.splice(index, 1)[0];
    }));
  }

  /** @param {number|undefined} id */
  select(id) {
    this.#selectedId = id;
  }

  /**
   * @param {string} label
   * @param {Shape} shape
   * @returns {number} its id
   */
  add(label, shape) {
    const id = this.#nextId++;
    this.#record([...this.items, { id, label, shape }]);
    this.#selectedId = id;
    return id;
  }

  /**
   * Move or change a shape; an unchanged one makes no step.
   * @param {number} id
   * @param {Shape} shape
   * @param {string} kind of step, see History.record
   * @returns {boolean} whether it made one
   */
  place(id, shape, kind = '') {
    const item = this.find(id);
    if (!item || this.#same(item.shape, shape)) return false;
    this.#replace({ id, label: item.label, shape }, kind && `${kind} ${id}`);
    return true;
  }

  /**
   * @param {number} id
   * @param {string} label
   */
  relabel(id, label) {
    const item = this.find(id);
    if (item && item.label !== label) this.#replace({ id, label, shape: item.shape });
  }

  /**
   * Accept a guess of the model unchanged: it is no longer marked.
   * @param {number} id
   * @returns {boolean} whether it was a guess
   */
  accept(id) {
    const item = this.find(id);
    if (item?.score === undefined) return false;
    this.#replace({ id, label: item.label, shape: item.shape });
    return true;
  }

  /** @param {number} id */
  remove(id) {
    this.#record(this.items.filter((item) => item.id !== id));
    if (this.#selectedId === id) this.#selectedId = undefined;
  }

  clear() {
    this.#record([]);
    this.#selectedId = undefined;
  }

  undo() {
    this.#history.undo();
  }

  redo() {
    this.#history.redo();
  }

  /** @param {readonly Annotation<Shape>[]} items */
  #begin(items) {
    this.#history = new History(items);
    this.#selectedId = undefined;
  }

  /**
   * @param {Annotation<Shape>} next
   * @param {string} kind
   */
  #replace(next, kind = '') {
    this.#record(this.items.map((item) => (item.id === next.id ? next : item)), kind);
  }

  /**
   * @param {readonly Annotation<Shape>[]} items
   * @param {string} kind
   */
  #record(items, kind = '') {
    this.#history.record(items, kind, this.#clock());
  }

  /**
   * @param {Labelled<Shape>} one
   * @param {Labelled<Shape>|undefined} other
   */
  #equal(one, other) {
    return other !== undefined && one.label === other.label && this.#same(one.shape, other.shape);
  }
}
