import { Annotations } from './annotations.js';
import { Bench } from './bench.js';

/** Nobody can tell apart more shapes than these, and each of them is an element of the page. */
export const MOST_SHAPES = 1000;

/**
 * What the bench must know about the shapes of one tool. All pure.
 * @template Shape
 * @typedef {object} Geometry
 * @property {(one: Shape, other: Shape) => boolean} same
 * @property {(shape: Shape) => import('./geometry.js').Box} bounds
 * @property {(shape: Shape, delta: import('./geometry.js').Point, size: import('./geometry.js').Size) => Shape} move
 */

/**
 * @template Shape
 * @typedef {{id?: number, label: string, shape: Shape}} Draft a shape being drawn, or one (with an id) being changed
 */

/**
 * A bench of shapes of some kind. `any` is the only type that fits all kinds: JSDoc has no existential types, and a key
 * or button of all tools needs nothing from the shapes themselves.
 * @typedef {ShapeBench<any>} AnyShapeBench
 */

/**
 * Everything that can be done to labelled shapes, by keys, buttons or fingers. It does not use the DOM.
 * @template Shape
 */
export class ShapeBench extends Bench {
  /** @type {Annotations<Shape>} */
  annotations;
  /** @type {Draft<Shape>|undefined} */
  draft;
  /** @type {number|undefined} the shape that a click would select */
  hoveredId;
  #geometry;

  /**
   * @param {import('./bench.js').Listener} listener
   * @param {import('./bench.js').Texts} t
   * @param {Geometry<Shape>} geometry
   */
  constructor(listener, t, geometry) {
    super(listener, t);
    this.#geometry = geometry;
    this.annotations = new Annotations(geometry.same);
  }

  get aiming() {
    return super.aiming && (this.draft === undefined || this.draft.id === undefined);
  }

  get pencilled() {
    return this.draft === undefined;
  }

  get counts() {
    const counts = new Map();
    for (const { label } of this.annotations.items) counts.set(label, (counts.get(label) ?? 0) + 1);
    return counts;
  }

  get tally() {
    if (this.annotations.items.length === 0) return this.t('tally.none');
    return this.guesses > 0 ? this.t('tally.guesses', { all: this.count, count: this.guesses }) : this.count;
  }

  /** How many shapes there are, in words. */
  get count() {
    const count = this.annotations.items.length;
    return this.t(count === 1 ? 'count.one' : 'count.many', { count });
  }

  /** How many guesses of the model nobody has touched. */
  get guesses() {
    return this.annotations.items.filter((item) => item.score !== undefined).length;
  }

  get modified() {
    return this.annotations.modified;
  }

  get canUndo() {
    return this.annotations.canUndo;
  }

  get canRedo() {
    return this.annotations.canRedo;
  }

  /** Why no shape can be added; '' if one can. */
  get refusal() {
    if (!this.label) return this.t('said.no-label');
    return this.annotations.items.length < MOST_SHAPES ? '' : this.t('said.too-many', { most: MOST_SHAPES });
  }

  get selectedId() {
    return this.annotations.selected?.id;
  }

  /**
   * Start with an image and its first shapes.
   * @param {import('./geometry.js').Size} size
   * @param {readonly import('./annotations.js').Labelled<Shape>[]} shapes
   */
  open(size, shapes = []) {
    this.draft = undefined;
    this.hoveredId = undefined;
    this.annotations.load(shapes);
    super.open(size);
  }

  /**
   * Continue with shapes that were drawn before.
   * @param {readonly import('./annotations.js').Labelled<Shape>[]} shapes
   */
  resume(shapes) {
    this.draft = undefined;
    this.annotations.resume(shapes);
    this.listener.repaint();
  }

  /**
   * Use this label for what is drawn next and for the selected shape.
   * @param {string|undefined} label
   */
  chooseLabel(label) {
    const { selected } = this.annotations;
    if (!selected || label === undefined || selected.label === label || !this.labels.includes(label)) {
      super.chooseLabel(label);
      return;
    }
    this.label = label;
    this.annotations.relabel(selected.id, label);
    this.changed(this.t('said.relabelled', { label }));
  }

  /**
   * @param {number|undefined} id
   * @param {boolean} seen whether the whole shape must be brought into sight, as large as can be seen
   */
  select(id, seen = false) {
    this.annotations.select(id);
    const { selected } = this.annotations;
    if (selected) this.label = this.labels.includes(selected.label) ? selected.label : this.label;
    if (seen) this.#showSelected();
    this.listener.repaint();
  }

  deselect() {
    this.select(undefined);
    this.follow();
  }

  /** Add a shape of the label in hand. @param {Shape} shape */
  add(shape) {
    if (!this.ready) return;
    if (this.refusal) {
      this.listener.warn(this.refusal);
      this.listener.repaint();
      return;
    }
    this.annotations.add(this.label, shape);
    this.changed(this.t('said.added', { label: this.label, count: this.count }));
    this.follow();
  }

  remove() {
    const { selected } = this.annotations;
    if (!selected) return;
    this.annotations.remove(selected.id);
    this.changed(this.t('said.deleted', { label: selected.label, count: this.count }));
    this.follow();
  }

  /** Delete all shapes, as one step. */
  clear() {
    if (this.annotations.items.length === 0) return;
    this.annotations.clear();
    this.changed(this.t('said.cleared'));
    this.follow();
  }

  /**
   * Move or change a shape.
   * @param {number} id
   * @param {Shape} shape
   */
  place(id, shape) {
    if (this.annotations.place(id, shape)) this.changed('');
  }

  /**
   * The same by key: steps in quick succession are one, and the shape stays in sight.
   * @param {Shape} shape of the selected one
   * @param {string} kind
   * @param {string} sentence
   */
  placeByKey(shape, kind, sentence) {
    const { selected } = this.annotations;
    if (!selected || !this.annotations.place(selected.id, shape, kind)) return;
    this.reveal(this.#geometry.bounds(shape));
    this.changed(sentence);
  }

  /** Move the selected shape. @param {import('./geometry.js').Point} delta image pixels */
  nudge(delta) {
    const { selected } = this.annotations;
    if (!selected) return;
    const shape = this.#geometry.move(selected.shape, delta, this.size);
    const { left, top, width, height } = this.#geometry.bounds(shape);
    this.placeByKey(shape, 'move', this.t('said.place', { left, top, width, height }));
  }

  /** Accept the model's selected guess unchanged and go on to the next one. */
  accept() {
    const { selected, items } = this.annotations;
    if (!selected) {
      this.#goOn(0);
      return;
    }
    const index = items.indexOf(selected);
    if (!this.annotations.accept(selected.id)) return;
    this.changed(this.t('said.accepted', { label: selected.label }));
    this.#goOn(index);
  }

  /** Show the selected shape as large as possible; without one, the whole image. */
  zoomToSelected() {
    const { selected } = this.annotations;
    if (selected) this.zoomTo(this.#geometry.bounds(selected.shape));
    else this.fit();
  }

  undo() {
    if (!this.annotations.canUndo) return;
    this.annotations.undo();
    this.#showSelected();
    this.changed(this.t('said.undone'));
    this.follow();
  }

  redo() {
    if (!this.annotations.canRedo) return;
    this.annotations.redo();
    this.#showSelected();
    this.changed(this.t('said.redone'));
    this.follow();
  }

  /** @param {Draft<Shape>|undefined} draft */
  sketch(draft) {
    if (draft) this.hidden = false;
    this.draft = draft;
    this.listener.repaint();
  }

  /**
   * Where the mouse is, and which shape a click there would select.
   * @param {import('./geometry.js').Point|undefined} pointer
   * @param {number|undefined} id
   */
  hover(pointer, id) {
    this.hoveredId = id;
    super.hover(pointer, id);
  }

  /** The shapes have changed. @param {string} sentence */
  changed(sentence) {
    this.hidden = false;
    this.listener.warn('');
    this.listener.answered();
    this.listener.repaint();
    if (sentence) this.listener.say(sentence);
  }

  /** The undone step may lie outside the visible part. */
  #showSelected() {
    const { selected } = this.annotations;
    if (selected) this.show(this.#geometry.bounds(selected.shape));
  }

  /** Select the first guess from this place on, wrapping around the end. @param {number} index */
  #goOn(index) {
    const { items } = this.annotations;
    const next = [...items.slice(index), ...items.slice(0, index)].find((item) => item.score !== undefined);
    if (!next) return;
    this.select(next.id, true);
    this.follow();
  }
}
