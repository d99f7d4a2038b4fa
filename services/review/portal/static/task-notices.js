/** Shows messages around a task, in the page's bar and never over the task: problems at once, the rest politely. */

const SHOWN_SECONDS = 8;
/** A notice that may need an answer stays a little longer. */
const LONG_SECONDS = 20;
/** A notice under the pointer, or with the focus, stays. */
const AGAIN_SECONDS = 2;

/** @param {string} id @returns {HTMLElement} */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {HTMLElement} box @param {string} text */
const show = (box, text) => {
  const words = /** @type {HTMLElement} */ (box.querySelector('span'));
  words.textContent = text;
  words.title = text;
  box.hidden = false;
};

export class Notices {
  #timer = 0;
  /** Whether the problem is that the service cannot be reached. */
  #passes = false;

  constructor() {
    byId('dismiss').addEventListener('click', () => this.clear());
  }

  /**
   * @param {string} text
   * @param {{wayOut?: boolean, passes?: boolean}} [options] whether to offer the way back to the jobs; whether it ends
   * by itself
   */
  problem(text, { wayOut = false, passes = false } = {}) {
    this.clear();
    this.#passes = passes;
    /** @type {HTMLElement} */ (byId('problem').querySelector('a')).hidden = !wayOut;
    show(byId('problem'), text);
    if (passes) this.#goAfter(LONG_SECONDS);
  }

  /** @param {string} text @param {{stays?: boolean, afresh?: boolean}} [options] */
  message(text, { stays = false, afresh = false } = {}) {
    clearTimeout(this.#timer);
    byId('afresh').hidden = !afresh;
    byId('dismiss').hidden = !afresh;
    show(byId('message'), text);
    if (!stays) this.#goAfter(afresh ? LONG_SECONDS : SHOWN_SECONDS);
  }

  /** The service was reached, so a notice that says it cannot be reached is removed. */
  reached() {
    if (this.#passes) this.clear();
  }

  /** Announce something to people who do not see the page change. @param {string} text */
  say(text) {
    byId('said').textContent = text;
  }

  clear() {
    clearTimeout(this.#timer);
    this.#passes = false;
    byId('problem').hidden = true;
    byId('message').hidden = true;
  }

  /** @param {number} seconds */
  #goAfter(seconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (document.querySelector('.notices .notice:is(:hover, :focus-within)')) this.#goAfter(AGAIN_SECONDS);
      else this.clear();
    }, seconds * 1000);
  }
}
