/** @typedef {import('./text-view.js').TextView} TextView */

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/** Where a caret goes from a place of the text; never into the middle of what a reader sees as one character. */
export class Movement {
  #view;

  /** @param {TextView} view */
  constructor(view) {
    this.#view = view;
  }

  /**
   * @param {number} place
   * @param {1|-1} step
   */
  character(place, step) {
    return this.#within(place, step, (text) => Array.from(graphemes.segment(text), ({ index }) => index));
  }

  /**
   * Forward to the end of a word, backward to its beginning.
   * @param {number} place
   * @param {1|-1} step
   */
  word(place, step) {
    return this.#within(place, step, (text) =>
      Array.from(words.segment(text))
        .filter(({ isWordLike }) => isWordLike)
        .map(({ index, segment }) => (step > 0 ? index + segment.length : index)),
    );
  }

  /**
   * The word around a place; one character where there is none.
   * @param {number} place
   * @returns {{start: number, end: number}}
   */
  wordAround(place) {
    const line = this.#view.lines[this.#view.lineAt(place)];
    const at = Math.min(place - line.start, line.text.length);
    const parts = Array.from(words.segment(line.text), ({ index, segment, isWordLike }) => ({
      start: index,
      end: index + segment.length,
      isWordLike,
    }));
    const touching = parts.filter(({ start, end }) => start <= at && at <= end);
    const found = touching.find((part) => part.isWordLike && at < part.end) ?? touching.find((part) => part.isWordLike) ?? touching[0];
    return found ? { start: line.start + found.start, end: line.start + found.end } : { start: place, end: place };
  }

  /**
   * One row of the screen up or down.
   * @param {number} place
   * @param {1|-1} step
   * @param {number} x where on the screen the caret wants to be
   */
  row(place, step, x) {
    const box = this.#view.caretBox(place);
    const height = Number.parseFloat(getComputedStyle(this.#view.rowAt(this.#view.lineAt(place))).lineHeight) || box.height;
    const middle = box.top + box.height / 2;
    for (const rows of [1, 1.6, 2.2]) {
      const next = this.#at(x, middle + step * rows * height);
      if (next !== null && Math.sign(next - place) === step) return next;
    }
    return step > 0 ? this.#end : 0;
  }

  /**
   * The beginning or the end of the row of the screen.
   * @param {number} place
   * @param {1|-1} step
   */
  rowEdge(place, step) {
    const line = this.#view.lineAt(place);
    const row = this.#view.rowAt(line).getBoundingClientRect();
    const box = this.#view.caretBox(place);
    const forwards = step > 0 === this.isLeftToRight(place);
    const found = this.#at(forwards ? row.right - 1 : row.left + 1, box.top + box.height / 2);
    const { start, text } = this.#view.lines[line];
    return Math.min(Math.max(found ?? place, start), start + text.length);
  }

  /** @param {number} place */
  isLeftToRight(place) {
    return getComputedStyle(this.#view.rowAt(this.#view.lineAt(place))).direction === 'ltr';
  }

  get #end() {
    return this.#view.lines.at(-1)?.until ?? 0;
  }

  /**
   * @param {number} place
   * @param {1|-1} step
   * @param {(text: string) => number[]} stopsOf places within a line at which the caret may stop
   */
  #within(place, step, stopsOf) {
    const { lines } = this.#view;
    const index = this.#view.lineAt(place);
    const line = lines[index];
    const at = place - line.start;
    const edge = step > 0 ? line.text.length : 0;
    if (step > 0 ? at >= edge : at <= edge) return this.#nextLine(index, step);
    const stops = [...stopsOf(line.text), edge];
    const next = step > 0 ? Math.min(...stops.filter((stop) => stop > at)) : Math.max(...stops.filter((stop) => stop < at));
    return line.start + next;
  }

  /**
   * @param {number} index
   * @param {1|-1} step
   */
  #nextLine(index, step) {
    const line = this.#view.lines[index + step];
    if (!line) return step > 0 ? this.#end : 0;
    return step > 0 ? line.start : line.start + line.text.length;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #at(x, y) {
    const found = pointAt(x, y);
    return found && this.#view.fromPage(found.node, found.offset);
  }
}

/**
 * The point of the page's text below a point of the screen; null where there is none.
 * @param {number} x
 * @param {number} y
 * @returns {{node: Node, offset: number}|null}
 */
export const pointAt = (x, y) => {
  if (typeof document.caretPositionFromPoint === 'function') {
    const found = document.caretPositionFromPoint(x, y);
    return found && { node: found.offsetNode, offset: found.offset };
  }
  const range = document.caretRangeFromPoint(x, y);
  return range && { node: range.startContainer, offset: range.startOffset };
};
