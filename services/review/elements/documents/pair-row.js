import { t } from './texts.js';

/** @typedef {import('./pairs.js').Pair} Pair */

/** One pair to check: whether it is right, and the texts of key and value. */
export class PairRow {
  element = document.createElement('fieldset');
  #pair;
  #key;
  #value;
  #blank;
  #yes;
  #no;

  /**
   * @param {Pair} pair
   * @param {number} index
   * @param {{keyEditable: boolean, changed: () => void}} options
   */
  constructor(pair, index, { keyEditable, changed }) {
    this.#pair = pair;
    const name = `valid-${index}`;
    this.#key = field(t('key'), pair.key.text);
    this.#value = field(t('value'), pair.value.text);
    this.#key.input.readOnly = !keyEditable;
    this.#yes = choice('radio', name, t('yes'));
    this.#no = choice('radio', name, t('no'));
    this.#blank = choice('checkbox', '', pair.found ? t('blank') : t('not_found'));
    this.#yes.input.checked = true;
    this.#blank.input.checked = !pair.found || pair.value.text === '';
    this.element.className = 'pair';
    const legend = document.createElement('legend');
    legend.textContent = pair.found ? t('pair', { number: index + 1 }) : t('important');
    const judged = document.createElement('div');
    judged.className = 'judged';
    judged.append(`${t('is_valid')} `, this.#yes.label, this.#no.label);
    this.element.append(legend, this.#key.label, this.#value.label, this.#blank.label, ...(pair.found ? [judged] : []));
    this.element.addEventListener('input', (event) => this.#onInput(event, changed));
    this.#refresh();
  }

  /** Whether it belongs in the answer. */
  get valid() {
    return this.#pair.found ? this.#yes.input.checked : !this.#blank.input.checked;
  }

  get texts() {
    return { key: this.#key.input.value, value: this.#blank.input.checked ? '' : this.#value.input.value };
  }

  get pair() {
    return this.#pair;
  }

  focus() {
    this.#value.input.focus();
  }

  /** @param {{key: string, value: string}|null} texts null: not in the answer */
  restore(texts) {
    if (this.#pair.found) {
      this.#yes.input.checked = texts !== null;
      this.#no.input.checked = texts === null;
    }
    this.#key.input.value = texts?.key ?? this.#pair.key.text;
    this.#value.input.value = texts?.value ?? this.#pair.value.text;
    this.#blank.input.checked = texts === null ? !this.#pair.found : texts.value === '';
    this.#refresh();
  }

  /** @param {Event} event @param {() => void} changed */
  #onInput(event, changed) {
    // A worker who types a value says with it that there is one.
    if (event.target === this.#value.input) this.#blank.input.checked = this.#value.input.value === '';
    this.#refresh();
    changed();
  }

  #refresh() {
    this.element.classList.toggle('refused', !this.valid);
    this.#key.input.disabled = this.#pair.found && !this.valid;
    this.#value.input.disabled = this.#blank.input.disabled = this.#key.input.disabled;
    this.#value.label.classList.toggle('blank', this.#blank.input.checked);
  }
}

/** @param {string} caption @param {string} value */
const field = (caption, value) => {
  const label = document.createElement('label');
  const input = document.createElement('input');
  label.className = 'field';
  input.type = 'text';
  input.value = value;
  label.append(caption, input);
  return { label, input };
};

/** @param {string} type @param {string} name @param {string} caption */
const choice = (type, name, caption) => {
  const label = document.createElement('label');
  const input = document.createElement('input');
  label.className = 'choice';
  input.type = type;
  input.name = name;
  label.append(input, caption);
  return { label, input };
};
