import { t } from './texts.js';

/** @typedef {{startOffset: number, endOffset: number}} Reference */
/** @typedef {{question: string, answer: string, tags: string[], textReferences: Reference[]}} QuestionAnswer */

const words = new Intl.Segmenter(undefined, { granularity: 'word' });

/** How many words a text has, in any language. @param {string} text */
export const countWords = (text) => Array.from(words.segment(text)).filter(({ isWordLike }) => isWordLike).length;

/** One question with its answer, tags and quotes. */
export class QuestionCard {
  element = document.createElement('fieldset');
  #question = area(t('question'));
  #answer = area(t('answer'));
  #tags = document.createElement('div');
  #quotes = document.createElement('ul');
  #legend = document.createElement('legend');
  #remove = button('');
  /** @type {Reference[]} */
  #references = [];
  #options;

  /**
   * @param {{tags: string[], ownTags: boolean, quote: () => Reference|null, textOf: (reference: Reference) => string,
   *   changed: () => void, remove: () => void}} options
   */
  constructor(options) {
    this.#options = options;
    this.element.className = 'pair';
    this.#tags.className = 'tags';
    this.#tags.setAttribute('role', 'group');
    this.#tags.setAttribute('aria-label', t('tags'));
    this.#quotes.className = 'quotes';
    this.#quotes.setAttribute('aria-label', t('quotes'));
    for (const tag of options.tags) this.#addTag(tag, false);
    const quote = button(t('quote'));
    // The selection in the text stays while the button is pressed.
    quote.addEventListener('pointerdown', (event) => event.preventDefault());
    quote.addEventListener('mousedown', (event) => event.preventDefault());
    quote.addEventListener('click', () => this.#quote(options.quote()));
    this.#remove.addEventListener('click', options.remove);
    this.element.append(this.#legend, this.#question.label, this.#answer.label, this.#tags);
    if (options.ownTags) this.element.append(this.#ownTag());
    this.element.append(this.#quotes, quote, ' ', this.#remove);
    this.element.addEventListener('input', options.changed);
  }

  /** @returns {QuestionAnswer} */
  get value() {
    const chosen = Array.from(this.#tags.querySelectorAll('input')).filter((input) => input.checked);
    return {
      question: this.#question.input.value,
      answer: this.#answer.input.value,
      tags: chosen.map((input) => input.value),
      textReferences: this.#references.map((reference) => ({ ...reference })),
    };
  }

  /** @param {Partial<QuestionAnswer>} value */
  set value({ question = '', answer = '', tags = [], textReferences = [] }) {
    this.#question.input.value = question;
    this.#answer.input.value = answer;
    for (const input of this.#tags.querySelectorAll('input')) input.checked = tags.includes(input.value);
    for (const tag of tags.filter((one) => !this.value.tags.includes(one))) this.#addTag(tag, true);
    this.#references = textReferences;
    this.#drawQuotes();
  }

  /** @param {number} number from 1 on @param {boolean} removable */
  paint(number, removable) {
    this.#legend.textContent = t('pair', { number });
    this.#remove.textContent = t('remove_pair', { number });
    this.#remove.hidden = !removable;
  }

  focus() {
    this.#question.input.focus();
  }

  /** @param {string} tag @param {boolean} chosen */
  #addTag(tag, chosen) {
    const [label, input] = [document.createElement('label'), document.createElement('input')];
    Object.assign(input, { type: 'checkbox', value: tag, checked: chosen });
    label.append(input, tag);
    this.#tags.append(label);
  }

  #ownTag() {
    const [row, input, add] = [document.createElement('div'), document.createElement('input'), button(t('add_tag'))];
    input.setAttribute('aria-label', t('own_tag'));
    input.placeholder = t('own_tag');
    const take = () => {
      const tag = input.value.trim();
      input.value = '';
      if (tag === '') return;
      const known = Array.from(this.#tags.querySelectorAll('input')).find((one) => one.value === tag);
      if (known) known.checked = true;
      else this.#addTag(tag, true);
      this.#options.changed();
    };
    add.addEventListener('click', take);
    input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.isComposing) return;
      event.preventDefault();
      take();
    });
    row.className = 'own-tag';
    row.append(input, add);
    return row;
  }

  /** @param {Reference|null} reference */
  #quote(reference) {
    if (!reference) return;
    this.#references = [...this.#references, reference];
    this.#drawQuotes();
    this.#options.changed();
  }

  #drawQuotes() {
    const rows = this.#references.map((reference) => {
      const [row, cross] = [document.createElement('li'), button('×')];
      cross.className = 'close';
      cross.setAttribute('aria-label', t('remove_quote'));
      cross.addEventListener('click', () => {
        this.#references = this.#references.filter((one) => one !== reference);
        this.#drawQuotes();
        this.#options.changed();
      });
      row.append(this.#options.textOf(reference), cross);
      return row;
    });
    this.#quotes.replaceChildren(...rows);
  }
}

/** @param {string} caption */
const area = (caption) => {
  const [label, input] = [document.createElement('label'), document.createElement('textarea')];
  label.className = 'field';
  input.rows = 2;
  label.append(caption, input);
  return { label, input };
};

/** @param {string} caption */
const button = (caption) => {
  const element = document.createElement('button');
  element.type = 'button';
  element.className = 'plain';
  element.textContent = caption;
  return element;
};
