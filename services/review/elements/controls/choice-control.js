import { flag } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { t } from './texts.js';

/** What checkbox, radio button and toggle share: a native input that is checked or not. */
export class ChoiceControl extends CrowdControl {
  static delegatesFocus = true;
  static liveProperties = ['checked', 'value'];
  static observedAttributes = ['checked', 'disabled', 'required', 'invalid'];

  #disabledByForm = false;
  /** Whether a person or a script has set it: then the attribute, which gives the initial state, no longer counts. */
  #touched = false;

  /** @returns {HTMLInputElement} */
  get input() {
    return this.part$('input');
  }

  /** @returns {boolean} */
  get checked() {
    return this.input.checked;
  }

  set checked(next) {
    this.#touched = true;
    this.#set(Boolean(next));
  }

  /** The state at first and after a reset. */
  get defaultChecked() {
    return flag(this, 'checked');
  }

  set defaultChecked(next) {
    this.toggleAttribute('checked', Boolean(next));
  }

  /** Press it, as a worker does: the page gets `click`, `input` and `change`. */
  click() {
    if (!this.disabled) this.input.click();
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
      this.#touched = true;
      this.#set(this.checked);
      this.changed();
    }, { signal });
    // A press on the caption also presses the input: the page must get one event.
    this.part$('label').addEventListener('click', (/** @type {Event} */ event) => {
      if (event.composedPath()[0] !== this.input) event.stopPropagation();
    }, { signal });
    this.addEventListener('click', (event) => this.#forward(event), { signal, capture: true });
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === 'checked' && !this.#touched) this.#set(flag(this, 'checked'));
    this.refresh();
  }

  /** Update the native input from the attributes. */
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
    this.#touched = false;
    this.#set(flag(this, 'checked'));
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#disabledByForm = disabled;
    this.refresh();
  }

  /** Tell others that this one is chosen now. */
  chosen() {}

  /** @param {boolean} checked */
  #set(checked) {
    this.input.checked = checked;
    this.refresh();
    if (checked) this.chosen();
  }

  /** A click that was sent to the element itself, as by a `<label for>` of the page, is one on its input. @param {Event} event */
  #forward(event) {
    if (event.composedPath()[0] !== this) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.click();
  }
}
