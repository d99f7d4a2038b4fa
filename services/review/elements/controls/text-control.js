import { flag, number, reflect } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { fieldStyles } from '../base/field-styles.js';
import { shown, unfocused } from '../base/shown.js';
import { t } from './texts.js';

/** The attributes that are properties of the same meaning. */
const TEXTS = {
  label: 'label',
  placeholder: 'placeholder',
  type: 'type',
  min: 'min',
  max: 'max',
  step: 'step',
  minLength: 'min-length',
  maxLength: 'max-length',
  allowedPattern: 'allowed-pattern',
  errorMessage: 'error-message',
  rows: 'rows',
  maxRows: 'max-rows',
};

/** What crowd-input and crowd-text-area share: a caption, a native field, its checks and a message. */
export class TextControl extends CrowdControl {
  static styles = [fieldStyles];
  static delegatesFocus = true;
  static liveProperties = ['value', ...Object.keys(TEXTS)];
  static observedAttributes = ['value', 'required', 'disabled', 'char-counter', 'minlength', 'maxlength', ...Object.values(TEXTS)];

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
    this.#touched = true;
    this.field.value = next ?? '';
    this.#check();
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.configure();
    this.#check();
    this.field.addEventListener('input', (/** @type {Event} */ event) => this.#onInput(event instanceof InputEvent && event.isComposing), { signal });
    this.field.addEventListener('compositionend', () => this.#onInput(false), { signal });
    this.field.addEventListener('change', () => this.changed(), { signal });
    this.field.addEventListener('blur', () => this.#showError(flag(this, 'auto-validate')), { signal });
    if (flag(this, 'auto-focus')) shown.then(focusFirst);
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

  /** Update the native field from the attributes. */
  configure() {
    const { field } = this;
    const caption = this.part$('.caption');
    caption.textContent = this.getAttribute('label') ?? '';
    caption.classList.toggle('required', this.required);
    caption.dataset.required = t('required');
    field.placeholder = this.getAttribute('placeholder') ?? '';
    field.required = this.required;
    field.disabled = this.disabled || this.#disabledByForm;
    const most = this.#length('max');
    if (most === undefined) field.removeAttribute('maxlength');
    else field.maxLength = most;
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return this.value === '' ? undefined : { value: this.value.replaceAll('\r\n', '\n') };
  }

  /** @param {string|undefined} value */
  restore(value) {
    this.value = value ?? '';
  }

  formResetCallback() {
    this.value = this.getAttribute('value') ?? '';
    this.#touched = false;
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

  /**
   * How many letters are allowed or required; the native spelling also works.
   * @param {'min'|'max'} end
   */
  #length(end) {
    const length = number(this, `${end}-length`, number(this, `${end}length`, -1));
    return length >= 0 ? Math.floor(length) : undefined;
  }

  /** @param {boolean} composing while several keys compose a letter, it must stay unchanged */
  #onInput(composing) {
    this.#touched = true;
    if (!composing) this.#dropForbidden();
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
    const least = this.#length('min') ?? 0;
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

/** As `autofocus` does: the first on the page that wants the focus gets it, unless the person is working elsewhere. */
const focusFirst = () => {
  if (!unfocused()) return;
  const wanting = Array.from(document.querySelectorAll('[auto-focus]')).filter((element) => element instanceof TextControl);
  wanting.find((control) => flag(control, 'auto-focus') && !control.field.disabled)?.focus();
};

/**
 * A page's own pattern; undefined for none, or for an invalid one: then every letter is allowed.
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

reflect(TextControl, TEXTS);
