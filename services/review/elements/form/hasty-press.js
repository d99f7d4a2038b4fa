/** For this long after a task replaced another, a press on Submit was meant for the one before. */
const TOO_EARLY_SECONDS = 0.8;
/** Ctrl+Enter or Cmd+Enter. @param {Event} event */
export const isSubmitKey = (event) => event instanceof KeyboardEvent && event.key === 'Enter' && (event.ctrlKey || event.metaKey);

const MODIFIERS = new Set(['Control', 'Meta', 'Shift', 'Alt']);

/**
 * Tells the second press of a double click, or of Ctrl+Enter and a click, from an answer. A worker who did anything
 * else in the new task has seen it.
 */
export class HastyPress {
  #until = 0;
  #last = 0;
  #isAtWork = false;

  /** The worker now sees the task, in place of another one. */
  begin() {
    this.#until = performance.now() + TOO_EARLY_SECONDS * 1000;
    this.#last = 0;
    this.#isAtWork = false;
  }

  /**
   * @param {AbortSignal} signal
   * @param {(event: Event) => boolean} submits whether this key or pointer will submit
   */
  watch(signal, submits) {
    const note = (/** @type {Event} */ event) => {
      if (!event.isTrusted || (event instanceof KeyboardEvent && MODIFIERS.has(event.key))) return;
      if (submits(event)) this.#last = performance.now();
      else this.#isAtWork = true;
    };
    for (const kind of ['pointerdown', 'click', 'keydown']) window.addEventListener(kind, note, { signal, capture: true });
  }

  /** Whether a submission now comes from such a press, and not from the page's own script. */
  get isTooEarly() {
    const now = performance.now();
    return now < this.#until && !this.#isAtWork && this.#last > 0;
  }
}
