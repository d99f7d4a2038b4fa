import { fit, magnify, pan, reveal, show, zoom } from './viewport.js';

/**
 * @typedef {import('./geometry.js').Box} Box
 * @typedef {import('./geometry.js').Point} Point
 * @typedef {import('./geometry.js').Size} Size
 * @typedef {import('./viewport.js').View} View
 * @typedef {(key: string, values?: Record<string, string|number>) => string} Texts
 * @typedef {object} Listener
 * @property {() => void} repaint something visible changed
 * @property {() => void} answered the answer changed
 * @property {(sentence: string) => void} say tell people who cannot see it
 * @property {(sentence: string) => void} warn tell everybody; '' removes the warning
 * @property {(sentence: string) => void} hold the form back until the started shape is finished; '' releases it
 * @property {() => void} follow move the focus to the selected shape, or to the stage
 */

/** The image on the stage, the view of it, and the label in hand. Subclasses say what is drawn on it. */
export class Bench {
  /** @type {string[]} */
  labels = [];
  /** @type {import('./colours.js').Colours} those that the page chooses for the first labels */
  colours = [];
  /** The label that is drawn next. */
  label = '';
  /** @type {Point|undefined} where the mouse is on the stage */
  pointer;
  /** Whether a drag moves the image instead of drawing. */
  panning = false;
  /** Whether all shapes are hidden, to see the image below. */
  hidden = false;
  /** Whether the labels are written beside the shapes. */
  tagged = true;
  /** @type {Size} */
  size = { width: 0, height: 0 };
  /** @type {Size} */
  stage = { width: 0, height: 0 };
  /** @type {View} */
  view = { scale: 1, x: 0, y: 0 };

  #fitted = true;

  /**
   * @param {Listener} listener
   * @param {Texts} t
   */
  constructor(listener, t) {
    this.listener = listener;
    this.t = t;
  }

  /** Whether there is an image to work on. */
  get ready() {
    return this.size.width > 0;
  }

  /** Whether the crosshair is shown at the pointer. */
  get aiming() {
    return !this.panning && !this.hidden;
  }

  /** Whether the label in hand is written beside the crosshair. */
  get pencilled() {
    return true;
  }

  /** How much is drawn of each label; labels without any may be missing. @returns {Map<string, number|string>} */
  get counts() {
    return new Map();
  }

  /** The text below the list of labels. */
  get tally() {
    return '';
  }

  /** Whether what is drawn differs from what was loaded. */
  get modified() {
    return false;
  }

  /** @returns {number|undefined} the shape that has the focus */
  get selectedId() {
    return undefined;
  }

  /**
   * Start with an image; without a size there is nothing to work on.
   * @param {Size} size
   */
  open(size) {
    this.size = size;
    this.hidden = false;
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
    this.listener.repaint();
  }

  /**
   * Use this label for what is drawn next.
   * @param {string|undefined} label
   */
  chooseLabel(label) {
    if (label === undefined || !this.labels.includes(label)) return;
    this.label = label;
    this.listener.repaint();
    this.listener.say(this.t('said.label', { label }));
  }

  /** Nothing, for a tool that has nothing to select. @param {number|undefined} _id @param {boolean} _seen */
  select(_id, _seen = false) {}

  /** Show the whole image. */
  fit() {
    this.#fitted = true;
    if (this.ready && this.stage.width > 0) this.view = fit(this.stage, this.size);
    this.listener.repaint();
  }

  /** Show each pixel of the image as one screen pixel. */
  actualSize() {
    this.zoomBy(1 / this.view.scale);
  }

  /** Show a part of the image as large as it can be. @param {Box} box */
  zoomTo(box) {
    if (!this.ready || this.stage.width === 0) return;
    this.#fitted = false;
    this.#look(magnify(box, this.stage, this.size));
  }

  /**
   * @param {number} factor
   * @param {Point} at on the stage; the middle by default
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

  /** Pan as little as needed to see the box. @param {Box} box */
  reveal(box) {
    this.#look(reveal(this.view, box, this.stage, this.size));
  }

  /** Pan, and zoom if needed, to see the whole box as large as possible. @param {Box} box */
  show(box) {
    if (!this.ready || this.stage.width === 0) return;
    const view = show(this.view, box, this.stage, this.size);
    if (view.scale !== this.view.scale) this.#fitted = false;
    this.#look(view);
  }

  /**
   * Where the mouse is.
   * @param {Point|undefined} pointer
   * @param {number|undefined} _id what is under it
   */
  hover(pointer, _id) {
    this.pointer = pointer;
    this.listener.repaint();
  }

  /** Hide what is drawn, or show it. @param {boolean} hidden */
  hide(hidden) {
    if (this.hidden === hidden) return;
    this.hidden = hidden;
    this.listener.repaint();
  }

  /** Write the labels beside the shapes, or not. */
  toggleTags() {
    this.tagged = !this.tagged;
    this.listener.repaint();
  }

  /** @param {boolean} panning */
  grab(panning) {
    if (this.panning === panning) return;
    this.panning = panning;
    this.listener.repaint();
  }

  /** Move the focus to the selected shape, or to the stage. */
  follow() {
    this.listener.follow();
  }

  /** @param {View} view */
  #look(view) {
    this.view = view;
    this.listener.repaint();
  }
}
