import { Annotations } from './annotations.js';
import { isEmpty, middle, move, same } from './box.js';
import { resize } from './handles.js';
import { fit, pan, reveal, visible, zoom } from '../drawing/viewport.js';

/**
 * @typedef {import('./box.js').Box} Box
 * @typedef {import('./box.js').Point} Point
 * @typedef {import('./box.js').Size} Size
 * @typedef {import('../drawing/viewport.js').View} View
 * @typedef {{id?: number, label: string, box: Box}} Draft a box being drawn, or one (with an id) being changed
 * @typedef {object} Listener
 * @property {() => void} repaint something that can be seen changed
 * @property {() => void} answered the boxes changed
 * @property {(sentence: string) => void} say tell those who cannot see it
 * @property {() => void} follow move the focus to the selected box, or to the stage
 */

const NEW_BOX_SHARE = 0.3;
/** How far from each other boxes made one after the other by key appear, in image pixels. */
const CASCADE = 12;

/** Everything that can be done to the boxes, whatever key, button or finger asks for it. Knows no DOM. */
export class Workbench {
  annotations = new Annotations();
  /** @type {string[]} */
  labels = [];
  /** The label that the next box gets. */
  label = '';
  /** @type {Draft|undefined} */
  draft;
  /** @type {number|undefined} the box that a click would select */
  hoveredId;
  /** @type {Point|undefined} where the mouse is on the stage */
  pointer;
  /** Whether a drag moves the image instead of drawing. */
  panning = false;
  /** @type {Size} */
  size = { width: 0, height: 0 };
  /** @type {Size} */
  stage = { width: 0, height: 0 };
  /** @type {View} */
  view = { scale: 1, x: 0, y: 0 };

  #fitted = true;
  #listener;

  /** @param {Listener} listener */
  constructor(listener) {
    this.#listener = listener;
  }

  /** Whether there is an image to work on. */
  get ready() {
    return this.size.width > 0;
  }

  /** How many boxes there are, in words. */
  get count() {
    const count = this.annotations.items.length;
    return count === 1 ? '1 box' : `${count} boxes`;
  }

  /**
   * Begin with an image and its first boxes; with no size, there is nothing to work on.
   * @param {Size} size
   * @param {{label: string, box: Box}[]} boxes
   */
  open(size, boxes) {
    this.size = size;
    this.draft = undefined;
    this.annotations.load(boxes);
    this.fit();
  }

  /** @param {Size} stage */
  resizeStage(stage) {
    const grown = { x: (stage.width - this.stage.width) / 2, y: (stage.height - this.stage.height) / 2 };
    this.stage = stage;
    if (this.#fitted) this.fit();
    else this.#look(pan(this.view, grown, stage, this.size));
  }

  /** @param {string[]} labels */
  setLabels(labels) {
    this.labels = labels;
    if (!labels.includes(this.label)) this.label = labels[0] ?? '';
    this.#listener.repaint();
  }

  /**
   * Take this label for the next boxes and for the selected one.
   * @param {string|undefined} label
   */
  chooseLabel(label) {
    if (label === undefined || !this.labels.includes(label)) return;
    this.label = label;
    const { selected } = this.annotations;
    if (selected && selected.label !== label) {
      this.annotations.relabel(selected.id, label);
      this.#answered(`Box is now ${label}`);
    } else {
      this.#listener.repaint();
      this.#listener.say(`Label ${label}`);
    }
  }

  /**
   * @param {number|undefined} id
   * @param {boolean} seen whether the box must be brought into sight
   */
  select(id, seen = false) {
    this.annotations.select(id);
    const { selected } = this.annotations;
    if (selected) this.label = this.labels.includes(selected.label) ? selected.label : this.label;
    if (selected && seen) this.#reveal(selected.box);
    this.#listener.repaint();
  }

  deselect() {
    this.select(undefined);
    this.#listener.follow();
  }

  /** Add a box of the current label. @param {Box} box */
  add(box) {
    if (!this.ready || isEmpty(box)) return;
    if (!this.label) {
      this.#listener.say('There is no label to give the box');
      return;
    }
    this.annotations.add(this.label, box);
    this.#answered(`${this.label} added, ${this.count}`);
    this.#listener.follow();
  }

  /** Add a box in the middle of what can be seen, aside of one that is there already. */
  addInMiddle() {
    if (!this.ready) return;
    let box = middle(visible(this.view, this.stage, this.size), NEW_BOX_SHARE);
    for (const _ of this.annotations.items) {
      if (!this.annotations.items.some((item) => same(item.box, box))) break;
      box = move(box, { x: CASCADE, y: CASCADE }, this.size);
    }
    this.add(box);
  }

  remove() {
    const { selected } = this.annotations;
    if (!selected) return;
    this.annotations.remove(selected.id);
    this.#answered(`${selected.label} deleted, ${this.count} left`);
    this.#listener.follow();
  }

  /**
   * Put a box elsewhere.
   * @param {number} id
   * @param {Box} box
   */
  place(id, box) {
    if (this.annotations.place(id, box)) this.#answered('');
  }

  /** Move the selected box. @param {Point} delta image pixels */
  nudge(delta) {
    const { selected } = this.annotations;
    if (selected) this.#placeByKey(selected.id, move(selected.box, delta, this.size), 'move');
  }

  /**
   * Move one edge (or corner) of the selected box.
   * @param {import('./handles.js').Handle} handle
   * @param {Point} delta
   */
  stretch(handle, delta) {
    const { selected } = this.annotations;
    if (!selected) return;
    const box = resize(selected.box, handle, delta, this.size);
    if (!isEmpty(box)) this.#placeByKey(selected.id, box, `stretch ${handle}`);
  }

  undo() {
    if (!this.annotations.canUndo) return;
    this.annotations.undo();
    this.#answered('Undone');
    this.#listener.follow();
  }

  redo() {
    if (!this.annotations.canRedo) return;
    this.annotations.redo();
    this.#answered('Done again');
    this.#listener.follow();
  }

  /** Show the whole image. */
  fit() {
    this.#fitted = true;
    if (this.ready && this.stage.width > 0) this.view = fit(this.stage, this.size);
    this.#listener.repaint();
  }

  /**
   * @param {number} factor
   * @param {Point} at on the stage; its middle if not given
   */
  zoomBy(factor, at = { x: this.stage.width / 2, y: this.stage.height / 2 }) {
    if (!this.ready) return;
    this.#fitted = false;
    this.#look(zoom(this.view, factor, at, this.stage, this.size));
  }

  /** @param {Point} delta stage pixels */
  panBy(delta) {
    if (!this.ready) return;
    this.#fitted = false;
    this.#look(pan(this.view, delta, this.stage, this.size));
  }

  /** @param {Draft|undefined} draft */
  sketch(draft) {
    this.draft = draft;
    this.#listener.repaint();
  }

  /**
   * Where the mouse is, and which box a click there would select.
   * @param {Point|undefined} pointer
   * @param {number|undefined} hoveredId
   */
  hover(pointer, hoveredId) {
    this.pointer = pointer;
    this.hoveredId = hoveredId;
    this.#listener.repaint();
  }

  /** Move the focus to the selected box, or to the stage. */
  follow() {
    this.#listener.follow();
  }

  /**
   * @param {number} id
   * @param {Box} box
   * @param {string} kind
   */
  #placeByKey(id, box, kind) {
    if (!this.annotations.place(id, box, kind)) return;
    this.#reveal(box);
    this.#answered(`left ${box.left}, top ${box.top}, ${box.width} by ${box.height}`);
  }

  /** @param {Box} box */
  #reveal(box) {
    this.#look(reveal(this.view, box, this.stage, this.size));
  }

  /** @param {View} view */
  #look(view) {
    this.view = view;
    this.#listener.repaint();
  }

  /** @param {string} sentence */
  #answered(sentence) {
    this.#listener.answered();
    this.#listener.repaint();
    if (sentence) this.#listener.say(sentence);
  }
}
