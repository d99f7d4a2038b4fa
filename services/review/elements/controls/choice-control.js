import { flag } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { t } from './texts.js';

/** What checkbox, radio button and toggle share: a native input that is checked or not. */
export class ChoiceControl extends CrowdControl {
  static delegatesFocus = true;
  static liveProperties = ['checked', 'value', 'disabled'];
  static observedAttributes = ['checked', 'disabled', 'required', 'invalid'];

  #disabledByForm = false;

  /** @returns {HTMLInputElement} */
  get input() {
    return this.part$('input');
  }

  /** @returns {boolean} */
  get checked() {
    return this.input.checked;
  }

  set checked(next) {
    this.input.checked = Boolean(next);
    this.refresh();
  }

  /** The key of this choice in the answer. */
  get value() {
    return this.getAttribute('value') ?? 'on';
  }

  set value(next) {
    this.setAttribute('value', next);
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.refresh();
    this.input.addEventListener('change', () => {
      this.refresh();
      this.changed();
    }, { signal });
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === 'checked') this.input.checked = flag(this, 'checked');
    this.refresh();
  }

  /** Bring the native input in line with the attributes. */
  refresh() {
    this.input.disabled = this.disabled || this.#disabledByForm;
    const missing = this.required && !this.checked;
    this.complain(missing ? t('tick') : '', { valueMissing: true });
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { choice: this.value, chosen: this.checked };
  }

  /** @param {boolean} chosen */
  restore(chosen) {
    this.checked = chosen;
  }

  formResetCallback() {
    this.checked = flag(this, 'checked');
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#disabledByForm = disabled;
    this.refresh();
  }
}
