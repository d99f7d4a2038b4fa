import { flag, number, reflect } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { css } from '../base/css.js';
import { t } from './texts.js';

const styles = css`
  :host { display: block; max-width: 32rem; margin: 0 0 16px; }
  .row { display: flex; align-items: flex-start; gap: 12px; }
  .track { position: relative; flex: 1 1 auto; }
  input[type='range'] { display: block; width: 100%; height: 28px; margin: 0; accent-color: var(--crowd-accent); }
  .second {
    position: absolute; top: 13px; left: 0; height: 3px; border-radius: 2px; pointer-events: none; opacity: 0.5;
    background: var(--crowd-slider-secondary-color, var(--crowd-accent));
  }
  .pin {
    min-width: 2.6em; margin-top: 2px; padding: 1px 8px; border-radius: var(--crowd-radius-small); background: var(--crowd-accent-soft);
    color: var(--crowd-accent-strong); font-size: 14px; font-weight: 600; text-align: center; font-variant-numeric: tabular-nums;
  }
  .exact { width: 6em; padding: 4px 8px; border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small); }
  .ticks { position: relative; height: 0; margin: 0 8px; }
  .ticks:has(span) { height: 1.6em; }
  .ticks span { position: absolute; translate: -50% 0; color: var(--crowd-ink-soft); font-size: 13px; white-space: nowrap; }
  ::slotted(crowd-slider-label) { display: none; }
`;

/**
 * A slider; adds a number to the answer. With `required` the worker must touch it.
 * Children `<crowd-slider-label position="3">text</crowd-slider-label>` are captions of its scale.
 */
export class CrowdSlider extends CrowdControl {
  static styles = [styles];
  static delegatesFocus = true;
  static liveProperties = ['min', 'max', 'step', 'value'];
  static observedAttributes = ['min', 'max', 'step', 'value', 'pin', 'editable', 'required', 'disabled', 'secondary-progress'];
  static template = `
    <div class="row">
      <div class="track"><div class="second"></div><input type="range"><div class="ticks"></div></div>
      <output class="pin" hidden></output>
      <input type="number" class="exact" aria-label="${t('exact')}" hidden>
    </div>
    <slot></slot>`;

  /** Whether the worker has answered. */
  #touched = false;
  /** Whether the value is no longer the attribute's. */
  #set = false;
  #disabledByForm = false;

  /** @returns {HTMLInputElement} */
  get #range() {
    return this.part$('[type="range"]');
  }

  /** @returns {HTMLInputElement} */
  get #exact() {
    return this.part$('.exact');
  }

  get value() {
    return this.#range.valueAsNumber;
  }

  set value(next) {
    this.#set = true;
    this.#slide(String(next));
  }

  get title$() {
    return this.getAttribute('label') || this.name || t('slider');
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.#configure();
    this.#range.addEventListener('input', () => this.#onInput(this.#range), { signal });
    this.#range.addEventListener('change', () => this.changed(), { signal });
    // A press that does not change the value also counts as an answer.
    this.#range.addEventListener('pointerdown', () => this.#touch(), { signal });
    this.#exact.addEventListener('input', () => this.#onInput(this.#exact), { signal });
    this.#exact.addEventListener('change', () => {
      this.#show();
      this.changed();
    }, { signal });
    this.part$('slot').addEventListener('slotchange', () => this.#captions(), { signal });
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#configure();
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { value: this.value };
  }

  /** @param {number} value */
  restore(value) {
    if (!Number.isFinite(value)) throw new TypeError(`${value} is not a number`);
    this.#touched = true;
    this.value = value;
  }

  formResetCallback() {
    this.#touched = false;
    this.#set = false;
    this.#configure();
  }

  /** @param {boolean} disabled */
  formDisabledCallback(disabled) {
    this.#disabledByForm = disabled;
    this.#configure();
  }

  #configure() {
    for (const input of [this.#range, this.#exact]) {
      input.min = String(number(this, 'min', 0));
      input.max = String(number(this, 'max', 100));
      input.step = this.getAttribute('step')?.trim() === 'any' ? 'any' : String(number(this, 'step', 1));
      input.disabled = this.disabled || this.#disabledByForm;
    }
    this.#range.setAttribute('aria-label', this.title$);
    if (!this.#touched && !this.#set) this.#range.value = String(number(this, 'value', number(this, 'min', 0)));
    this.part$('.pin').hidden = !flag(this, 'pin');
    this.#exact.hidden = !flag(this, 'editable');
    this.part$('.second').style.width = `${this.#share(number(this, 'secondary-progress', number(this, 'min', 0))) * 100}%`;
    this.#show();
    this.#captions();
  }

  #captions() {
    const captions = Array.from(this.querySelectorAll('crowd-slider-label'), (label) => {
      const tick = document.createElement('span');
      tick.textContent = label.textContent?.trim() ?? '';
      tick.style.left = `${this.#share(number(label, 'position', 0)) * 100}%`;
      return tick;
    });
    this.part$('.ticks').replaceChildren(...captions);
  }

  /** @param {HTMLInputElement} source */
  #onInput(source) {
    this.#touched = true;
    // A number being typed is incomplete: it is rounded and limited only on the slider, and at the end.
    if (Number.isFinite(source.valueAsNumber)) this.#slide(source.value, source);
    this.dispatchEvent(new Event('input', { bubbles: true }));
  }

  #touch() {
    this.#touched = true;
    this.#show();
  }

  /** @param {string} value @param {HTMLInputElement} [source] */
  #slide(value, source) {
    this.#range.value = value;
    this.#show(source);
  }

  /** @param {HTMLInputElement} [source] where the value comes from */
  #show(source) {
    this.part$('.pin').textContent = String(this.value);
    if (source !== this.#exact) this.#exact.value = String(this.value);
    const untouched = this.required && !this.#touched;
    this.complain(untouched ? t('value') : '', { valueMissing: true });
  }

  /** @param {number} value */
  #share(value) {
    const low = number(this, 'min', 0);
    const high = number(this, 'max', 100);
    return high > low ? Math.min(1, Math.max(0, (value - low) / (high - low))) : 0;
  }
}

reflect(CrowdSlider, { min: 'min', max: 'max', step: 'step' });
