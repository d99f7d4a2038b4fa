import { flag } from '../base/attributes.js';
import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';
import { icon } from '../display/icons.js';

const styles = css`
  :host { display: inline-block; }
  :host([hidden]) { display: none; }
  button { display: grid; place-items: center; padding: 0; border: 0; border-radius: 50%; }
  button[aria-disabled='true'] { opacity: 0.45; cursor: not-allowed; }
  .icon { width: 22px; height: 22px; object-fit: contain; }
`;

/** What the two round buttons share: they only tell the page's own script that they were pressed. */
export class PressBase extends CrowdElement {
  static styles = [styles];
  static delegatesFocus = true;
  static observedAttributes = ['icon', 'label', 'title', 'disabled'];
  static liveProperties = ['disabled'];
  static template = '<button type="button"></button><slot></slot>';

  get disabled() {
    return flag(this, 'disabled');
  }

  set disabled(next) {
    this.toggleAttribute('disabled', Boolean(next));
  }

  /** Press it, as a worker does. */
  click() {
    if (!this.disabled) super.click();
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    // In the capture phase: a press on a disabled button must reach no handler of the page.
    this.addEventListener('click', (event) => {
      if (this.disabled) event.stopImmediatePropagation();
    }, { signal, capture: true });
    this.attributeChangedCallback();
  }

  attributeChangedCallback() {
    const button = this.part$('button');
    const name = this.getAttribute('icon');
    const letter = Array.from(this.getAttribute('label') ?? '')[0];
    button.replaceChildren(name || !letter ? icon(name ?? '') : letter);
    button.setAttribute('aria-disabled', String(this.disabled));
    button.setAttribute('aria-label', this.title || letter || name || '');
    button.title = this.title;
  }
}
