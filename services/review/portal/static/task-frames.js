/**
 * The frames of a task page: the one that the worker sees, and a hidden one that prepares the next task's page. Only
 * the former runs a template (see `elements/ahead/ahead.js`), is heard and has the keys. Each has an origin of its own,
 * so only its window identifies it.
 */

/** @typedef {{frame: HTMLIFrameElement, loop: string, until: number, there: boolean}} Ahead */

export class Frames {
  #place;
  #on;
  /** @type {HTMLIFrameElement|null} */
  #live = null;
  /** @type {Ahead|null} */
  #ahead = null;

  /**
   * @param {HTMLElement} place
   * @param {{title: string, message: (message: Record<string, unknown>) => void, loaded: () => void}} on
   */
  constructor(place, on) {
    this.#place = place;
    this.#on = on;
    window.addEventListener('message', (event) => this.#hear(event));
  }

  /** Show the page at an address. @param {string} address */
  open(address) {
    const frame = this.#frame(address);
    this.#show(frame);
    this.#place.append(frame);
  }

  /**
   * Prepare the page of the next task out of sight; null if there is none.
   * @param {{loop: string, frame: string, fresh_seconds: number}|null} next
   */
  prepare(next) {
    this.#forgetAhead();
    if (!next) {
      this.#place.dataset.next = 'none';
      return;
    }
    const frame = this.#frame(next.frame);
    frame.className = 'ahead';
    frame.inert = true;
    frame.tabIndex = -1;
    frame.setAttribute('aria-hidden', 'true');
    this.#ahead = { frame, loop: next.loop, until: Date.now() + next.fresh_seconds * 1000, there: false };
    this.#place.append(frame);
  }

  /**
   * Show the prepared page, if it is that of this review.
   * @param {string} loop
   * @returns {boolean} whether it was
   */
  advance(loop) {
    const ahead = this.#ahead;
    if (!ahead?.there || ahead.loop !== loop || Date.now() > ahead.until) {
      this.#forgetAhead();
      return false;
    }
    this.#ahead = null;
    delete this.#place.dataset.next;
    ahead.frame.className = '';
    ahead.frame.inert = false;
    ahead.frame.removeAttribute('tabindex');
    ahead.frame.removeAttribute('aria-hidden');
    this.#show(ahead.frame);
    this.tell({ type: 'shell:show' });
    return true;
  }

  /** Nobody works on it any more. */
  shut() {
    if (this.#live) this.#live.inert = true;
    this.#forgetAhead();
  }

  focus() {
    this.#live?.focus({ preventScroll: true });
  }

  /** @param {import('../../elements/base/shell.js').ShellMessage} message */
  tell(message) {
    this.#live?.contentWindow?.postMessage(message, '*');
  }

  #forgetAhead() {
    this.#ahead?.frame.remove();
    this.#ahead = null;
    delete this.#place.dataset.next;
  }

  /** @param {HTMLIFrameElement} frame */
  #show(frame) {
    this.#live?.remove();
    this.#live = frame;
    frame.id = 'frame';
    frame.title = this.#on.title;
  }

  /** @param {string} address */
  #frame(address) {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', this.#place.dataset.sandbox ?? '');
    frame.addEventListener('load', () => frame === this.#live && this.#on.loaded());
    frame.src = address;
    return frame;
  }

  /** @param {MessageEvent} event */
  #hear({ source, data }) {
    if (typeof data !== 'object' || data === null) return;
    if (this.#live && source === this.#live.contentWindow) this.#on.message(data);
    else if (this.#ahead && source === this.#ahead.frame.contentWindow) this.#hearAhead(this.#ahead, data.type);
  }

  /** @param {Ahead} ahead @param {unknown} type */
  #hearAhead(ahead, type) {
    if (type === 'ahead:there') ahead.there = true;
    if (type === 'ahead:ready') this.#place.dataset.next = 'ready';
    if (type === 'ahead:focused') this.focus();
  }
}
