/**
 * The frames of a task page: the one before the worker's eyes, and under it the next task's, which loads while he works.
 * Each has an origin of its own and is known by its window only.
 */

/** A template may say this much before it is shown; what an honest one says is far less. */
const MOST_HEARD = 100;

/** @typedef {{frame: HTMLIFrameElement, loop: string, until: number, heard: any[]}} Ahead */

export class Frames {
  #place;
  #on;
  /** @type {HTMLIFrameElement|null} */
  #live = null;
  /** @type {Ahead|null} */
  #ahead = null;

  /**
   * @param {HTMLElement} place
   * @param {{title: string, message: (message: any) => void, loaded: () => void}} on
   */
  constructor(place, on) {
    this.#place = place;
    this.#on = on;
    window.addEventListener('message', (event) => this.#hear(event));
  }

  /** Show the page at an address. @param {string} address */
  open(address) {
    this.#show(this.#frame(address));
  }

  /**
   * Load the page of the next task where it is not seen.
   * @param {{loop: string, frame: string, fresh_seconds: number}} next
   */
  prepare(next) {
    this.#ahead?.frame.remove();
    const frame = this.#frame(next.frame);
    frame.className = 'ahead';
    frame.inert = true;
    frame.setAttribute('aria-hidden', 'true');
    this.#ahead = { frame, loop: next.loop, until: Date.now() + next.fresh_seconds * 1000, heard: [] };
    this.#place.append(frame);
  }

  /**
   * Show the page that is ready, if it is that of this loop.
   * @param {string} loop
   * @returns {boolean} whether it was
   */
  advance(loop) {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (!ahead) return false;
    if (ahead.loop !== loop || Date.now() > ahead.until) {
      ahead.frame.remove();
      return false;
    }
    ahead.frame.className = '';
    ahead.frame.inert = false;
    ahead.frame.removeAttribute('aria-hidden');
    this.#show(ahead.frame);
    for (const message of ahead.heard) this.#on.message(message);
    return true;
  }

  /** No one works on it any more. */
  shut() {
    if (this.#live) this.#live.inert = true;
    this.#ahead?.frame.remove();
    this.#ahead = null;
  }

  focus() {
    this.#live?.focus({ preventScroll: true });
  }

  /** @param {import('../../elements/base/shell.js').ShellMessage} message */
  tell(message) {
    this.#live?.contentWindow?.postMessage(message, '*');
  }

  /** @param {HTMLIFrameElement} frame */
  #show(frame) {
    this.#live?.remove();
    this.#live = frame;
    frame.id = 'frame';
    frame.title = this.#on.title;
    if (!frame.isConnected) this.#place.append(frame);
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
  #hear(event) {
    if (typeof event.data !== 'object' || event.data === null) return;
    if (this.#live && event.source === this.#live.contentWindow) this.#on.message(event.data);
    const ahead = this.#ahead;
    if (ahead && event.source === ahead.frame.contentWindow && ahead.heard.length < MOST_HEARD) ahead.heard.push(event.data);
  }
}
