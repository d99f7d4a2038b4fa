import { number } from '../base/attributes.js';
import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';

const DEFAULT_MILLISECONDS = 3000;

const styles = css`
  :host { display: contents; }
  .toast {
    position: fixed; left: 16px; bottom: 72px; z-index: 20; max-width: min(28rem, calc(100vw - 32px)); padding: 12px 20px;
    border-radius: var(--crowd-radius); background: var(--crowd-ink); color: var(--crowd-surface); box-shadow: var(--crowd-shadow); font-size: 14px;
  }
`;

/** The toast that is shown now. @type {CrowdToast|null} */
let shown = null;

/**
 * A message that appears for a while: `duration` milliseconds (0: until it is closed), shown while `opened`. Only one
 * is shown at a time; the last one wins.
 */
export class CrowdToast extends CrowdElement {
  static styles = [styles];
  static observedAttributes = ['opened', 'text', 'duration'];
  static liveProperties = ['opened', 'text', 'duration'];
  static template = '<div class="toast" role="status" hidden><span class="text"></span><slot></slot></div>';

  #timer = 0;

  get opened() {
    return this.hasAttribute('opened') && this.getAttribute('opened') !== 'false';
  }

  set opened(next) {
    this.toggleAttribute('opened', Boolean(next));
  }

  get text() {
    return this.getAttribute('text') ?? '';
  }

  set text(next) {
    this.setAttribute('text', next);
  }

  get duration() {
    return number(this, 'duration', DEFAULT_MILLISECONDS);
  }

  set duration(next) {
    this.setAttribute('duration', String(next));
  }

  open() {
    this.opened = true;
  }

  /** Show it, with another text if one is given. @param {string} [text] */
  show(text) {
    if (typeof text === 'string') this.text = text;
    this.opened = false;
    this.opened = true;
  }

  close() {
    this.opened = false;
  }

  hide() {
    this.close();
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    signal.addEventListener('abort', () => this.#show(false));
    this.attributeChangedCallback('opened');
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    this.part$('.text').textContent = this.text;
    if (name === 'opened' && this.isConnected) this.#show(this.opened);
  }

  /** @param {boolean} visible */
  #show(visible) {
    clearTimeout(this.#timer);
    this.part$('.toast').hidden = !visible;
    if (shown === this && !visible) shown = null;
    if (!visible) return;
    if (shown !== this) shown?.close();
    shown = this;
    if (this.duration > 0) this.#timer = setTimeout(() => this.close(), this.duration);
  }
}
