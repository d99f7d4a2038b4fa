import { colour } from './colours.js';

/** With more labels than this, a search field helps. */
const SEARCH_ABOVE = 8;
const KEYS = 9;
const STEPS = new Map([['ArrowDown', 1], ['ArrowUp', -1]]);

/** The list of labels: colour, name, number of shapes, key; with a search field if it is long. */
export class LabelPanel {
  #list;
  #search;
  #none;
  #choose;
  #leave;
  /** What the list shows now. */
  #drawn = '';
  #painted = '';
  /** @type {HTMLElement|undefined} the label in hand, when it was last brought into sight */
  #shown;

  /**
   * @param {ParentNode} root
   * @param {{choose: (label: string) => void, leave: () => void}} actions
   */
  constructor(root, { choose, leave }) {
    this.#list = /** @type {HTMLElement} */ (root.querySelector('.label-list'));
    this.#search = /** @type {HTMLInputElement} */ (root.querySelector('.label-search'));
    this.#none = /** @type {HTMLElement} */ (root.querySelector('.label-none'));
    this.#choose = choose;
    this.#leave = leave;
  }

  /** @param {AbortSignal} signal */
  connect(signal) {
    this.#search.addEventListener('input', () => this.#filter(), { signal });
    this.#search.addEventListener('keydown', (event) => this.#onSearchKey(event), { signal });
    this.#list.addEventListener('keydown', (event) => this.#onListKey(event), { signal });
    this.#list.addEventListener('click', (event) => {
      const button = event.target instanceof Element ? event.target.closest('button') : null;
      if (button) this.#take(button);
    }, { signal });
  }

  /** Move the focus here. */
  open() {
    if (this.#search.hidden) this.#list.querySelector('button')?.focus();
    else this.#search.focus();
    this.#search.select();
  }

  /**
   * @param {readonly string[]} labels
   * @param {string} current
   * @param {Map<string, number>} counts
   * @param {import('./colours.js').Colours} colours
   */
  paint(labels, current, counts, colours) {
    const names = JSON.stringify([labels, colours]);
    const state = JSON.stringify([current, ...counts]);
    if (names === this.#drawn && state === this.#painted) return;
    if (names !== this.#drawn) this.#draw(labels, colours);
    this.#drawn = names;
    this.#painted = state;
    for (const button of this.#buttons) {
      const label = button.dataset.label ?? '';
      button.classList.toggle('selected', label === current);
      button.setAttribute('aria-pressed', String(label === current));
      const badge = /** @type {HTMLElement} */ (button.querySelector('.count'));
      const count = String(counts.get(label) ?? '');
      if (badge.textContent !== count) badge.textContent = count;
      if (label === current) this.#show(button);
    }
  }

  /** Scroll the list, and nothing around it, until the label is visible. @param {HTMLElement} button */
  #show(button) {
    if (this.#shown === button) return;
    this.#shown = button;
    const list = this.#list.getBoundingClientRect();
    const { top, bottom } = button.getBoundingClientRect();
    if (top < list.top) this.#list.scrollTop -= list.top - top;
    else if (bottom > list.bottom) this.#list.scrollTop += bottom - list.bottom;
  }

  get #buttons() {
    return Array.from(this.#list.querySelectorAll('button'));
  }

  get #visible() {
    return this.#buttons.filter((button) => !button.hidden);
  }

  /**
   * @param {readonly string[]} labels
   * @param {import('./colours.js').Colours} colours
   */
  #draw(labels, colours) {
    this.#search.hidden = labels.length <= SEARCH_ABOVE;
    this.#list.replaceChildren(...labels.map((label, index) => labelButton(label, index, colour(index, colours))));
    this.#filter();
  }

  #filter() {
    const wanted = comparable(this.#search.value.trim());
    for (const button of this.#buttons) button.hidden = !comparable(button.dataset.label ?? '').includes(wanted);
    this.#none.hidden = this.#visible.length > 0 || this.#search.value === '';
  }

  /** @param {KeyboardEvent} event */
  #onSearchKey(event) {
    event.stopPropagation();
    const [first] = this.#visible;
    if (event.key === 'Enter') {
      event.preventDefault();
      if (first) this.#take(first);
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      first?.focus();
    } else if (event.key === 'Escape') {
      event.preventDefault();
      this.#close();
    }
  }

  /** @param {KeyboardEvent} event */
  #onListKey(event) {
    const step = STEPS.get(event.key);
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    const buttons = this.#visible;
    const next = buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target)) + step;
    if (next < 0 && !this.#search.hidden) this.#search.focus();
    else buttons[Math.min(buttons.length - 1, Math.max(0, next))]?.focus();
  }

  /** @param {HTMLButtonElement} button */
  #take(button) {
    this.#choose(button.dataset.label ?? '');
    this.#close();
  }

  #close() {
    this.#search.value = '';
    this.#filter();
    this.#leave();
  }
}

/** A search finds upper and lower case, full and half width. @param {string} text */
const comparable = (text) => text.normalize('NFKC').toLowerCase();

/**
 * @param {string} label
 * @param {number} index
 * @param {string} paint
 */
const labelButton = (label, index, paint) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'label-button';
  button.dataset.label = label;
  button.title = label;
  button.style.setProperty('--colour', paint);
  button.append(span('swatch', ''), span('name', label), span('count', ''), span('key', index < KEYS ? String(index + 1) : ''));
  return button;
};

/**
 * @param {string} name
 * @param {string} text
 */
const span = (name, text) => {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = text;
  if (name === 'name') element.dir = 'auto';
  if (name === 'key' || name === 'swatch') element.setAttribute('aria-hidden', 'true');
  return element;
};
