import { flag, number } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { fieldStyles } from '../base/field-styles.js';
import { t } from './texts.js';

/** What crowd-input and crowd-text-area share: a caption, a native field, its checks and a message. */
export class TextControl extends CrowdControl {
  static styles = [fieldStyles];
  static delegatesFocus = true;
  static liveProperties = ['value', 'disabled'];
  static observedAttributes = [
    'label', 'placeholder', 'value', 'type', 'required', 'disabled', 'min-length', 'max-length', 'error-message', 'rows', 'max-rows',
    'char-counter',
  ];

  #disabledByForm = false;
  #touched = false;

  /** @returns {HTMLInputElement|HTMLTextAreaElement} */
  get field() {
    return this.part$('.field');
  }

  /** @returns {string} */
  get value() {
    return this.field.value;
  }

  /** Null clears, as for a native field. */
  set value(next) {
    this.field.value = next ?? '';
    this.#check();
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.configure();
    this.#check();
    this.field.addEventListener('input', () => this.#onInput(), { signal });
    this.field.addEventListener('change', () => this.changed(), { signal });
    this.field.addEventListener('blur', () => this.#showError(flag(this, 'auto-validate')), { signal });
    if (flag(this, 'auto-focus')) this.focus();
  }

  /**
   * @param {string} name
   * @param {string|null} _before
   * @param {string|null} after
   */
  attributeChangedCallback(name, _before, after) {
    if (name === 'value' && !this.#touched) this.field.value = after ?? '';
    if (!this.isConnected) return;
    this.configure();
    this.#check();
  }

  /** Bring the native field in line with the attributes. */
  configure() {
    const { field } = this;
    const caption = this.part$('.caption');
    caption.textContent = this.getAttribute('label') ?? '';
    caption.classList.toggle('required', this.required);
    caption.dataset.required = t('required');
    field.placeholder = this.getAttribute('placeholder') ?? '';
    field.required = this.required;
    field.disabled = this.disabled || this.#disabledByForm;
    if (this.hasAttribute('max-length')) field.maxLength = number(this, 'max-length', -1);
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return this.value === '' ? undefined : { value: this.value.replaceAll('\r\n', '\n') };
  }

  /** @param {string|undefined} value */
  restore(value) {
    this.#touched = true;
    this.value = value ?? '';
  }

  formResetCallback() {
    this.#touched = false;
    this.value = this.getAttribute('value') ?? '';
    this.#showError(false);
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#disabledByForm = disabled;
    this.configure();
  }

  checkValidity() {
    this.#check();
    const valid = super.checkValidity();
    this.#showError(!valid);
    return valid;
  }

  #onInput() {
    this.#touched = true;
    this.#dropForbidden();
    this.#check();
    this.#showError(flag(this, 'auto-validate') || this.part$('.error').textContent !== '');
  }

  #dropForbidden() {
    const allowed = expression(this.getAttribute('allowed-pattern') ?? '');
    if (!allowed) return;
    const kept = Array.from(this.value).filter((letter) => allowed.test(letter)).join('');
    if (kept !== this.value) this.field.value = kept;
  }

  #check() {
    const { field } = this;
    this.part$('.counter').textContent = this.hasAttribute('char-counter') ? String(field.value.length) : '';
    const least = number(this, 'min-length', 0);
    if (field.value !== '' && field.value.length < least) this.complain(t('at_least', { count: least }), { tooShort: true });
    else if (field.validity.valueMissing) this.complain(t('fill_in'), { valueMissing: true });
    else if (!field.validity.valid) this.complain(field.validationMessage, field.validity);
    else this.complain('');
  }

  /** @param {boolean} shown */
  #showError(shown) {
    const invalid = shown && !this.internals.validity.valid;
    this.part$('.error').textContent = invalid ? this.getAttribute('error-message') || this.validationMessage : '';
    this.field.setAttribute('aria-invalid', String(invalid));
  }
}

/**
 * A page's own pattern; undefined for none, or for what is no pattern: then every letter is allowed.
 * @param {string} pattern
 */
const expression = (pattern) => {
  for (const flags of ['u', '']) {
    try {
      if (pattern) return new RegExp(pattern, flags);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
};
