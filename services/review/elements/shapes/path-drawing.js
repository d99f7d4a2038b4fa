import { History } from '../drawing/history.js';
import { ShapeBench } from '../drawing/shape-bench.js';
import { toImage, visible } from '../drawing/viewport.js';
import { crosses } from './crossing.js';
import { bounds, distance, move, same, samePoint, settle } from './path.js';

/**
 * @typedef {import('./path.js').Kind} Kind
 * @typedef {import('./path.js').Path} Path
 * @typedef {import('./path.js').Point} Point
 */

/**
 * Drawing a path of one kind, vertex by vertex: where the mouse is pressed, or where the keyboard's cursor stands.
 * @extends {ShapeBench<Path>}
 */
export class PathDrawing extends ShapeBench {
  kind;
  /** @type {Point|undefined} where the keyboard puts the next vertex, in the image */
  cursor;
  /** @type {History<Path>|undefined} the path being drawn, and what of it can be undone */
  #course;

  /**
   * @param {import('../drawing/bench.js').Listener} listener
   * @param {import('../drawing/bench.js').Texts} t
   * @param {Kind} kind
   */
  constructor(listener, t, kind) {
    super(listener, t, { same, bounds, move });
    this.kind = kind;
  }

  /** The vertices so far of an unfinished path; none if nothing is being drawn. @returns {Path} */
  get drawn() {
    return this.#course?.present ?? [];
  }

  get drawing() {
    return this.drawn.length > 0;
  }

  /** Where the next vertex would be, in the image. @returns {Point|undefined} */
  get tip() {
    return this.cursor ?? (this.pointer && settle(toImage(this.view, this.pointer), this.size));
  }

  get canUndo() {
    return this.#course?.canUndo || super.canUndo;
  }

  get canRedo() {
    return this.#course?.canRedo || super.canRedo;
  }

  /**
   * @param {import('../drawing/geometry.js').Size} size
   * @param {readonly import('../drawing/annotations.js').Labelled<Path>[]} shapes
   */
  open(size, shapes = []) {
    this.#forget();
    this.cursor = undefined;
    super.open(size, shapes);
  }

  /** @param {readonly import('../drawing/annotations.js').Labelled<Path>[]} shapes */
  resume(shapes) {
    this.#forget();
    super.resume(shapes);
  }

  /**
   * While a path is being drawn, nothing else can be taken.
   * @param {number|undefined} id
   * @param {boolean} seen
   */
  select(id, seen = false) {
    if (id !== undefined && this.drawing) return;
    if (id !== undefined) this.cursor = undefined;
    super.select(id, seen);
  }

  /**
   * Whether a click here would finish the path: on the first vertex of an outline, on the last of a line.
   * @param {Point} point
   * @param {number} reach
   */
  endsAt(point, reach) {
    const { drawn, kind } = this;
    if (drawn.length < kind.least) return false;
    return distance(kind.closed ? drawn[0] : drawn[drawn.length - 1], point) <= reach;
  }

  /** Put a vertex; the last that a path can have finishes it. @param {Point} point */
  put(point) {
    if (!this.ready) return;
    const at = settle(point, this.size);
    const { drawn } = this;
    if (drawn.length > 0 && samePoint(drawn[drawn.length - 1], at)) return;
    const next = [...drawn, at];
    if (this.#refuses(drawn.length === 0 ? this.refusal : this.#crossing(next, false))) return;
    this.select(undefined);
    this.hidden = false;
    this.#course ??= new History(/** @type {Path} */ ([]));
    this.#course.record(next);
    if (next.length === this.kind.most) this.finish();
    else this.#drew(this.t('said.vertex', { index: next.length, x: at.x, y: at.y }));
  }

  /** The path is complete. */
  finish() {
    const { drawn, kind } = this;
    if (drawn.length === 0) return;
    const few = drawn.length < kind.least ? this.t('said.too-few', { least: kind.least }) : '';
    if (this.#refuses(few || this.#crossing(drawn, kind.closed))) return;
    this.#forget();
    this.cursor = undefined;
    this.add(drawn);
  }

  /** Drop the path being drawn, or else clear the selection. */
  deselect() {
    this.cursor = undefined;
    if (!this.drawing) {
      super.deselect();
      return;
    }
    this.#course?.record([]);
    this.#drew(this.t('said.dropped'));
    this.follow();
  }

  /** Remove the last vertex of the path being drawn, or else delete the selected path. */
  remove() {
    if (this.drawing) this.undo();
    else super.remove();
  }

  /** Move the keyboard's cursor, or show it. @param {Point} delta image pixels */
  aim(delta) {
    if (!this.ready) return;
    const { left, top, width, height } = visible(this.view, this.stage, this.size);
    const last = this.drawn.at(-1) ?? this.annotations.selected?.shape.at(-1);
    const from = this.cursor ?? last ?? { x: left + width / 2, y: top + height / 2 };
    this.select(undefined);
    this.cursor = settle({ x: from.x + delta.x, y: from.y + delta.y }, this.size);
    this.pointer = undefined;
    this.reveal({ left: this.cursor.x, top: this.cursor.y, width: 0, height: 0 });
    this.listener.say(this.t('said.cursor', { x: this.cursor.x, y: this.cursor.y }));
  }

  /** Move the keyboard's cursor by a share of what can be seen. @param {Point} direction @param {number} share */
  leap({ x, y }, share) {
    const { width, height } = visible(this.view, this.stage, this.size);
    this.aim({ x: x * width * share, y: y * height * share });
  }

  /** Show the keyboard's cursor for another path. */
  begin() {
    this.aim({ x: 0, y: 0 });
    this.follow();
  }

  /** Put a vertex at the keyboard's cursor; where the path ends, or without a cursor, finish it. */
  enter() {
    const { cursor, drawn } = this;
    if (!cursor && !this.drawing) this.begin();
    else if (!cursor || this.endsAt(cursor, 0) || (drawn.length > 0 && samePoint(cursor, drawn[drawn.length - 1]))) this.finish();
    else this.put(cursor);
  }

  /**
   * When the mouse moves, it takes over from the keyboard.
   * @param {Point|undefined} pointer
   * @param {number|undefined} id
   */
  hover(pointer, id) {
    if (pointer) this.cursor = undefined;
    super.hover(pointer, id);
  }

  undo() {
    if (this.#course?.canUndo) {
      this.#course.undo();
      this.#drew(this.t('said.undone'));
    } else if (super.canUndo) {
      this.#forget();
      super.undo();
    }
  }

  redo() {
    if (this.#course?.canRedo) {
      this.#course.redo();
      this.#drew(this.t('said.redone'));
    } else super.redo();
  }

  /** @param {string} sentence */
  changed(sentence) {
    this.#forget();
    super.changed(sentence);
  }

  /**
   * Why the last edge of a path is not allowed; '' if it is.
   * @param {Path} path
   * @param {boolean} closed
   */
  #crossing(path, closed) {
    const last = closed ? path.length - 1 : path.length - 2;
    return this.kind.simple && crosses(path, closed, [last]) ? this.t('said.crossing') : '';
  }

  /** @param {string} refusal */
  #refuses(refusal) {
    this.listener.warn(refusal);
    return refusal !== '';
  }

  /** The path being drawn has changed. @param {string} sentence */
  #drew(sentence) {
    this.listener.warn('');
    this.listener.hold(this.drawing ? this.t('said.unfinished') : '');
    this.listener.repaint();
    this.listener.say(sentence);
  }

  #forget() {
    if (this.#course) this.listener.hold('');
    this.#course = undefined;
  }
}
