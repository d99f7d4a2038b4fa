/** @typedef {import('./annotator.js').Annotator} Annotator */
/** @typedef {import('./movement.js').Movement} Movement */

const STEPS = /** @type {Map<string, 1|-1>} */ (new Map([
  ['ArrowRight', 1], ['ArrowLeft', -1], ['ArrowDown', 1], ['ArrowUp', -1], ['End', 1], ['Home', -1],
]));

/** Lets workers do everything with keys: a caret in the text, selecting with Shift, marking with the keys of the labels. */
export class Keyboard {
  #annotator;
  #movement;
  #actions;
  /** Where the caret wants to be while it goes up and down. @type {number|null} */
  #column = null;

  /**
   * @param {{annotator: Annotator, movement: Movement}} tool
   * @param {{press: (label: string) => void, remove: () => void, moved: () => void, chose: () => void, caretX: () => number}} actions
   */
  constructor({ annotator, movement }, actions) {
    this.#annotator = annotator;
    this.#movement = movement;
    this.#actions = actions;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} inText whether the text itself has the focus
   * @returns {boolean} whether the key meant something
   */
  take(event, inText) {
    if (event.isComposing || event.defaultPrevented) return false;
    const command = event.ctrlKey || event.metaKey;
    const taken = (command && this.#history(event)) || (inText && this.#move(event, command)) || (!command && !event.altKey && this.#act(event, inText));
    if (taken) event.preventDefault();
    return taken;
  }

  /** @param {KeyboardEvent} event */
  #history({ key, shiftKey }) {
    const letter = key.toLowerCase();
    if (letter !== 'z' && letter !== 'y') return false;
    if (letter === 'y' || shiftKey) this.#annotator.redo();
    else this.#annotator.undo();
    return true;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} command
   */
  #move(event, command) {
    const annotator = this.#annotator;
    if (command && event.key.toLowerCase() === 'a') {
      annotator.select(0, annotator.text.length);
      this.#actions.moved();
      return true;
    }
    const step = STEPS.get(event.key);
    if (step === undefined) return false;
    const caret = this.#target(event, step, command);
    annotator.chosen = null;
    annotator.select(event.shiftKey ? annotator.selection.anchor : caret, caret);
    this.#actions.moved();
    return true;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {1|-1} step
   * @param {boolean} command
   */
  #target({ key, altKey, shiftKey }, step, command) {
    const { caret } = this.#annotator.selection;
    const vertical = key === 'ArrowUp' || key === 'ArrowDown';
    this.#column = vertical ? this.#column ?? this.#actions.caretX() : null;
    if (vertical) return this.#movement.row(caret, step, /** @type {number} */ (this.#column));
    if (key === 'Home' || key === 'End') {
      if (command) return step > 0 ? this.#annotator.text.length : 0;
      return this.#movement.rowEdge(caret, step);
    }
    const onwards = this.#movement.isLeftToRight(caret) ? step : /** @type {1|-1} */ (-step);
    const { start, end } = this.#annotator.selected;
    if (!shiftKey && start < end) return onwards > 0 ? end : start;
    return command || altKey ? this.#movement.word(caret, onwards) : this.#movement.character(caret, onwards);
  }

  /**
   * @param {KeyboardEvent} event
   * @param {boolean} inText
   */
  #act({ key, shiftKey }, inText) {
    if (key === 'Enter' && inText) this.#annotator.chooseNext(shiftKey ? -1 : 1);
    else if (key === 'Delete' || key === 'Backspace') this.#actions.remove();
    else if (key === 'Escape') this.#annotator.leave();
    else {
      const label = this.#annotator.labels.find((candidate) => candidate.key !== '' && candidate.key === key.toLowerCase());
      if (!label) return false;
      this.#actions.press(label.label);
      return true;
    }
    this.#actions.chose();
    return true;
  }
}
