import { flag } from '../base/attributes.js';
import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';
import { icon } from '../display/icons.js';

/** @typedef {import('../form/crowd-form.js').CrowdForm} CrowdForm */

const styles = css`
  :host { display: inline-block; }
  :host([hidden]) { display: none; }
  .button {
    display: inline-flex; align-items: center; justify-content: center; gap: 8px; min-height: 36px; padding: 6px 16px;
    border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small);
    background: var(--crowd-surface); font-size: 14px; font-weight: 600; line-height: 1.4; text-decoration: none; color: var(--crowd-ink);
  }
  .button:hover:not([aria-disabled='true']) { background: var(--crowd-ground); }
  :host([variant='primary']) .button { border-color: var(--crowd-accent); background: var(--crowd-accent); color: #fff; min-width: 104px; }
  :host([variant='primary']) .button:hover:not([aria-disabled='true']) { border-color: var(--crowd-accent-strong); background: var(--crowd-accent-strong); }
  :host([variant='link']) .button { border-color: transparent; background: none; color: var(--crowd-accent); }
  :host([variant='icon']) .button { padding: 6px 10px; }
  :host([icon-align='right']) .picture { order: 1; }
  .picture { display: inline-flex; }
  .button[aria-disabled='true'] { opacity: 0.55; cursor: not-allowed; }
  .icon { width: 18px; height: 18px; object-fit: contain; }
  .spinner {
    width: 14px; height: 14px; border: 2px solid currentColor; border-right-color: transparent; border-radius: 50%;
    animation: turn 700ms linear infinite;
  }
  @keyframes turn { to { transform: rotate(360deg); } }
`;

/** A button. `form-action` submits or resets the form around it; without it only the page's own script acts. */
export class CrowdButton extends CrowdElement {
  static styles = [styles];
  static delegatesFocus = true;
  static observedAttributes = ['disabled', 'loading', 'href', 'icon', 'icon-url'];
  static liveProperties = ['disabled', 'loading'];
  static template = `
    <button type="button" class="button"><span class="spinner" hidden></span><span class="picture" hidden></span><slot></slot></button>`;

  get disabled() {
    return flag(this, 'disabled');
  }

  set disabled(next) {
    this.toggleAttribute('disabled', Boolean(next));
  }

  get loading() {
    return flag(this, 'loading');
  }

  set loading(next) {
    this.toggleAttribute('loading', Boolean(next));
  }

  /** Press it, as a worker does. */
  click() {
    if (!this.disabled && !this.loading) super.click();
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.#refresh();
    // In the capture phase: a press on a disabled button must reach no handler of the page.
    this.addEventListener('click', (event) => this.#guard(event), { signal, capture: true });
    this.addEventListener('click', (event) => this.#act(event), { signal });
  }

  attributeChangedCallback() {
    this.#refresh();
  }

  #refresh() {
    const button = this.part$('.button');
    const picture = this.part$('.picture');
    const name = this.getAttribute('icon-url') || this.getAttribute('icon');
    button.setAttribute('aria-disabled', String(this.disabled || this.loading));
    button.setAttribute('aria-busy', String(this.loading));
    this.part$('.spinner').hidden = !this.loading;
    picture.hidden = !name || this.loading;
    if (name) picture.replaceChildren(icon(name));
    if (this.hasAttribute('href')) button.setAttribute('role', 'link');
    else button.removeAttribute('role');
  }

  /** @param {Event} event */
  #guard(event) {
    if (!this.disabled && !this.loading) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  /** @param {Event} event */
  #act(event) {
    const form = /** @type {CrowdForm|null} */ (this.closest('crowd-form'));
    const action = this.getAttribute('form-action');
    const address = this.getAttribute('href');
    // After all handlers of the page have run, since each of them may prevent it.
    setTimeout(() => {
      if (event.defaultPrevented) return;
      if (action === 'submit') form?.requestSubmit();
      else if (action === 'reset') form?.reset();
      else if (address) window.open(address, this.getAttribute('target') ?? '_self', 'noopener');
    });
  }
}
