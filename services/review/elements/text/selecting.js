import { innermost } from './entities.js';
import { pointAt } from './movement.js';

/** @typedef {import('./annotator.js').Annotator} Annotator */
/** @typedef {import('./text-view.js').TextView} TextView */
/** @typedef {import('./movement.js').Movement} Movement */

/** Farther than this a finger scrolls, in pixels. */
const TAP = 10;

/**
 * Selecting by mouse and by touch. A mouse selects as usual. A tap selects the word below the finger, a second tap
 * everything between; the browser's own handles (after a long press) also work.
 */
export class Selecting {
  #root;
  #annotator;
  #view;
  #movement;
  #paint;
  #done;
  /** @type {{x: number, y: number, touch: boolean}|null} */
  #pressed = null;

  /**
   * @param {HTMLElement} root
   * @param {{annotator: Annotator, view: TextView, movement: Movement}} tool
   * @param {{paint: () => void, done: () => void}} actions `done` when a stretch is selected
   */
  constructor(root, { annotator, view, movement }, { paint, done }) {
    this.#root = root;
    this.#annotator = annotator;
    this.#view = view;
    this.#movement = movement;
    this.#paint = paint;
    this.#done = done;
  }

  /** @param {AbortSignal} signal */
  connect(signal) {
    this.#root.addEventListener('pointerdown', (event) => this.#onDown(event), { signal });
    this.#root.addEventListener('click', (event) => this.#onClick(event), { signal });
    // Anywhere, since a drag may leave the text.
    window.addEventListener('pointerup', (event) => this.#onUp(event), { signal });
    document.addEventListener('selectionchange', () => this.#onSelection(), { signal });
  }

  /** Show the `Annotator`'s selection as the page's own. */
  show() {
    const { anchor, caret } = this.#annotator.selection;
    const [from, to] = [this.#view.toPage(anchor), this.#view.toPage(caret)];
    document.getSelection()?.setBaseAndExtent(from.node, from.offset, to.node, to.offset);
  }

  /** @param {PointerEvent} event */
  #onDown(event) {
    if (event.button !== 0 || isTag(event.target)) return;
    this.#pressed = { x: event.clientX, y: event.clientY, touch: event.pointerType === 'touch' };
  }

  /** @param {PointerEvent} event */
  #onUp(event) {
    const pressed = this.#pressed;
    if (!pressed || pressed.touch || event.pointerType === 'touch') return;
    this.#pressed = null;
    this.#read();
    const { start, end } = this.#annotator.selected;
    if (start < end) this.#done();
    else this.#annotator.chooseAt(this.#annotator.selection.caret);
    this.#paint();
  }

  /** @param {MouseEvent} event */
  #onClick(event) {
    const pressed = this.#pressed;
    this.#pressed = null;
    if (!pressed?.touch || isTag(event.target)) return;
    if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > TAP) return;
    const point = pointAt(event.clientX, event.clientY);
    const place = point && this.#view.fromPage(point.node, point.offset);
    if (place !== null) this.#tap(place);
  }

  /** @param {number} place */
  #tap(place) {
    const { start, end } = this.#annotator.selected;
    const word = this.#movement.wordAround(place);
    const onMark = innermost(this.#annotator.entities, place) !== undefined;
    if (start < end && place >= start && place <= end) this.#annotator.select(place, place);
    else if (start < end) this.#annotator.select(Math.min(start, word.start), Math.max(end, word.end));
    else if (onMark && this.#annotator.chosen === null && this.#annotator.armed === null) this.#annotator.chooseAt(place);
    else this.#annotator.select(word.start, word.end);
    this.show();
    if (this.#annotator.selection.anchor !== this.#annotator.selection.caret) this.#done();
    this.#paint();
  }

  #onSelection() {
    // A mouse selection counts when the button is released; until then only the browser shows it.
    if (this.#pressed && !this.#pressed.touch) return;
    if (this.#read()) this.#paint();
  }

  /** Take over the page's selection, if it is in the text. */
  #read() {
    const selection = document.getSelection();
    if (!selection) return false;
    const anchor = this.#view.fromPage(selection.anchorNode, selection.anchorOffset);
    const caret = this.#view.fromPage(selection.focusNode, selection.focusOffset);
    if (anchor === null || caret === null) return false;
    const before = this.#annotator.selection;
    if (before.anchor === anchor && before.caret === caret) return false;
    this.#annotator.select(anchor, caret);
    return true;
  }
}

/** @param {EventTarget|null} target */
const isTag = (target) => target instanceof Element && target.closest('.crowd-tag') !== null;
