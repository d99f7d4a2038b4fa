/** What the page around a task says: problems at once, the rest politely. */

const SHOWN_SECONDS = 8;

/** @param {string} id @returns {HTMLElement} */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {HTMLElement} box @param {string} text */
const show = (box, text) => {
  /** @type {HTMLElement} */ (box.querySelector('span')).textContent = text;
  box.hidden = false;
};

export class Notices {
  #timer = 0;

  constructor() {
    byId('dismiss').addEventListener('click', () => this.clear());
  }

  /** @param {string} text @param {{wayOut?: boolean}} [options] whether to offer the way back to the jobs */
  problem(text, { wayOut = false } = {}) {
    this.clear();
    /** @type {HTMLElement} */ (byId('problem').querySelector('a')).hidden = !wayOut;
    show(byId('problem'), text);
  }

  /** @param {string} text @param {{stays?: boolean, afresh?: boolean}} [options] */
  message(text, { stays = false, afresh = false } = {}) {
    clearTimeout(this.#timer);
    byId('afresh').hidden = !afresh;
    byId('dismiss').hidden = !afresh;
    show(byId('message'), text);
    if (!stays) this.#timer = setTimeout(() => this.clear(), SHOWN_SECONDS * 1000);
  }

  /** Say something to those who do not see the page change. @param {string} text */
  say(text) {
    byId('said').textContent = text;
  }

  clear() {
    clearTimeout(this.#timer);
    byId('problem').hidden = true;
    byId('message').hidden = true;
  }
}
