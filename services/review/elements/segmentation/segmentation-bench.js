import { Bench } from '../drawing/bench.js';
import { clamp } from '../drawing/geometry.js';
import { History } from '../drawing/history.js';
import { segmentColour } from './segment-colours.js';
import { MOST_SEGMENTS, Stroke, emptyMask, pixelCounts } from './mask.js';
import { MaskPicture } from './mask-picture.js';

/**
 * @typedef {import('../drawing/geometry.js').Point} Point
 * @typedef {import('./mask.js').Tiles} Tiles
 * @typedef {{label: string, color: string}} Segment color: `#rrggbb`
 * @typedef {{tiles: Tiles, segments: readonly Segment[]}} State
 */

const SMALLEST_BRUSH = 1;
const LARGEST_BRUSH = 400;
const BRUSH_STEP = 1.25;
/** The brush at first, as a share of the longer side of the image. */
const FIRST_BRUSH_SHARE = 0.02;

/**
 * Everything that can be done to a mask, by keys, buttons or fingers. Segment `i` of a state is number
 * `i + 1` of its mask.
 */
export class SegmentationBench extends Bench {
  /** Diameter in image pixels. */
  brush = 24;
  /** Whether the brush erases. */
  erasing = false;
  /** Whether the worker outlines an area instead of painting it over. */
  outlining = false;
  /** Whether the pen that keys move touches the image. */
  penDown = false;
  /** @type {Point[]} the outline that is being drawn, in the image */
  outline = [];
  picture = new MaskPicture();

  /** @type {History<State>} */
  #history = new History({ tiles: [], segments: [] });
  #loaded = this.#history.present;
  /** @type {{stroke: Stroke, segment: number, last: Point}|undefined} */
  #stroke;

  /** What is painted, including the current stroke. @returns {State} */
  get state() {
    const { present } = this.#history;
    return this.#stroke ? { ...present, tiles: this.#stroke.stroke.tiles } : present;
  }

  get segments() {
    return this.#history.present.segments;
  }

  get modified() {
    return this.#history.present.tiles !== this.#loaded.tiles;
  }

  get canUndo() {
    return this.#history.canUndo;
  }

  get canRedo() {
    return this.#history.canRedo;
  }

  /** Whether something is being painted now. */
  get painting() {
    return this.#stroke !== undefined || this.outline.length > 0;
  }

  get aiming() {
    return super.aiming && (this.outlining || this.penDown);
  }

  get tally() {
    return this.used.length === 0 ? this.t('tally.none') : this.describe();
  }

  /** The segments that have pixels, with how many. */
  get used() {
    const counts = pixelCounts(this.#history.present.tiles);
    return this.segments.flatMap((segment, index) => {
      const pixels = counts.get(index + 1);
      return pixels ? [{ segment, id: index + 1, pixels }] : [];
    });
  }

  /** What is painted, in words. */
  describe() {
    return this.t(this.used.length === 1 ? 'count.one' : 'count.many', { count: this.used.length });
  }

  /**
   * Start with an image and what is painted on it.
   * @param {import('../drawing/geometry.js').Size} size
   * @param {State} state
   */
  open(size, state = { tiles: emptyMask(size), segments: [] }) {
    this.#drop();
    this.#history = new History(state);
    this.#loaded = state;
    this.brush = clamp(Math.round(Math.max(size.width, size.height) * FIRST_BRUSH_SHARE), 4, 60);
    super.open(size);
  }

  /** Continue with what was painted before. @param {State} state */
  resume(state) {
    this.#drop();
    this.#history.record(state);
    this.listener.repaint();
  }

  /**
   * The segment that is painted next; created if needed. Undefined, with a warning, if there is none.
   * @returns {number|undefined}
   */
  segmentInHand() {
    return this.newSegment();
  }

  /**
   * Make a segment of the label in hand.
   * @returns {number|undefined} undefined, with a warning, when there can be none
   */
  newSegment() {
    const refusal = !this.label ? this.t('said.no-label') : '';
    const full = this.segments.length >= MOST_SEGMENTS ? this.t('said.too-many', { most: MOST_SEGMENTS }) : '';
    if (refusal || full) {
      this.listener.warn(refusal || full);
      return undefined;
    }
    const taken = new Set(this.segments.map(({ color }) => color));
    const segment = { label: this.label, color: segmentColour(this.colourPlace(), taken) };
    const { tiles, segments } = this.#history.present;
    this.#history.replace({ tiles, segments: [...segments, segment] });
    return segments.length + 1;
  }

  /** The place in the palette of the next segment's colour. */
  colourPlace() {
    return this.segments.length;
  }

  /** Put the brush down. @param {Point} at in the image @returns {boolean} whether there is something to paint with */
  begin(at) {
    if (!this.ready) return false;
    const segment = this.erasing ? 0 : this.segmentInHand();
    if (segment === undefined) return false;
    this.hidden = false;
    this.listener.warn('');
    this.#stroke = { stroke: new Stroke(this.size, this.#history.present.tiles), segment, last: at };
    if (this.outlining) this.outline = [at];
    else this.#stroke.stroke.dot(at, this.brush, segment);
    this.listener.repaint();
    return true;
  }

  /** Continue the stroke. @param {Point} to in the image */
  drawTo(to) {
    if (!this.#stroke) return;
    if (this.outlining) this.outline.push(to);
    else this.#stroke.stroke.line(this.#stroke.last, to, this.brush, this.#stroke.segment);
    this.#stroke.last = to;
    this.listener.repaint();
  }

  /** Lift the brush: the stroke is a step that can be undone. */
  lift() {
    if (!this.#stroke) return;
    const { stroke, segment } = this.#stroke;
    if (this.outline.length > 2) stroke.area(this.outline, segment);
    const tiles = stroke.finish();
    const { present } = this.#history;
    this.#drop();
    if (tiles === present.tiles) this.listener.repaint();
    else this.#record({ ...present, tiles }, this.t(segment === 0 ? 'said.erased' : 'said.painted', { label: this.label }));
  }

  /** Drop the current stroke. */
  cancel() {
    this.#drop();
    this.listener.repaint();
  }

  /** Delete everything with the label in hand. */
  remove() {
    this.eraseSegments((segment) => this.segments[segment - 1]?.label === this.label, this.t('said.removed', { label: this.label }));
  }

  /** Delete everything. */
  clear() {
    this.eraseSegments(() => true, this.t('said.cleared'));
  }

  /**
   * Delete segments.
   * @param {(segment: number) => boolean} chosen
   * @param {string} sentence
   */
  eraseSegments(chosen, sentence) {
    const { present } = this.#history;
    const stroke = new Stroke(this.size, present.tiles);
    stroke.erase(chosen);
    const tiles = stroke.finish();
    if (tiles !== present.tiles) this.#record({ ...present, tiles }, sentence);
  }

  /** @param {boolean} erasing */
  erase(erasing) {
    this.erasing = erasing;
    this.#told(erasing ? 'tool.eraser' : this.outlining ? 'tool.outline' : 'tool.brush');
  }

  /** @param {boolean} outlining */
  useOutline(outlining) {
    this.outlining = outlining;
    this.erasing = false;
    this.#told(outlining ? 'tool.outline' : 'tool.brush');
  }

  /** @param {1|-1} direction */
  resizeBrush(direction) {
    const next = direction > 0 ? Math.ceil(this.brush * BRUSH_STEP) : Math.floor(this.brush / BRUSH_STEP);
    this.brush = clamp(next, SMALLEST_BRUSH, LARGEST_BRUSH);
    this.listener.say(this.t('said.brush', { size: this.brush }));
    this.listener.repaint();
  }

  /** Show the pen at a point of the image. @param {Point} at */
  pointAt(at) {
    this.reveal({ left: at.x, top: at.y, width: 0, height: 0 });
    this.pointer = { x: at.x * this.view.scale + this.view.x, y: at.y * this.view.scale + this.view.y };
    this.listener.repaint();
  }

  undo() {
    if (this.painting) this.cancel();
    else if (this.canUndo) this.#step(() => this.#history.undo(), 'said.undone');
  }

  redo() {
    if (!this.painting && this.canRedo) this.#step(() => this.#history.redo(), 'said.redone');
  }

  /** Stop painting, or put the eraser away. */
  deselect() {
    if (this.painting) this.cancel();
    else this.erase(false);
  }

  /**
   * @param {State} state
   * @param {string} sentence
   */
  #record(state, sentence) {
    this.#history.record(state);
    this.#changed(sentence);
  }

  /**
   * @param {() => void} step
   * @param {string} sentence
   */
  #step(step, sentence) {
    step();
    this.#changed(this.t(sentence));
  }

  /** @param {string} sentence */
  #changed(sentence) {
    this.hidden = false;
    this.listener.warn('');
    this.listener.answered();
    this.listener.repaint();
    this.listener.say(sentence);
  }

  #drop() {
    this.#stroke = undefined;
    this.outline = [];
    this.penDown = false;
  }

  /** @param {string} key */
  #told(key) {
    this.listener.say(this.t(key));
    this.listener.repaint();
  }
}

