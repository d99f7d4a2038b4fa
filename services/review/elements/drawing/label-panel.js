import { colour } from './colours.js';

/** With more labels than this, a search field helps. */
const SEARCH_ABOVE = 8;
const KEYS = 9;
const STEPS = new Map([['ArrowDown', 1], ['ArrowUp', -1]]);

/** The list of labels: colour, name, how many boxes have it, its key; with a search field when it is long. */
export class LabelPanel {
  #list;
  #search;
  #choose;
  #leave;
  /** @type {string} what the list shows now */
  #drawn = '';

  /**
   * @param {ParentNode} root
   * @param {{choose: (label: string) => void, leave: () => void}} actions
   */
  constructor(root, { choose, leave }) {
    this.#list = /** @type {HTMLElement} */ (root.querySelector('.label-list'));
    this.#search = /** @type {HTMLInputElement} */ (root.querySelector('.label-search'));
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
   * @param {readonly {label: string}[]} boxes
   */
  paint(labels, current, boxes) {
    const names = JSON.stringify(labels);
    if (names !== this.#drawn) this.#draw(labels);
    this.#drawn = names;
    for (const button of this.#buttons) {
      const { label } = button.dataset;
      const count = boxes.filter((box) => box.label === label).length;
      button.classList.toggle('selected', label === current);
      button.setAttribute('aria-pressed', String(label === current));
      const badge = /** @type {HTMLElement} */ (button.querySelector('.count'));
      badge.textContent = count > 0 ? String(count) : '';
    }
  }

  get #buttons() {
    return Array.from(this.#list.querySelectorAll('button'));
  }

  get #visible() {
    return this.#buttons.filter((button) => !button.hidden);
  }

  /** @param {readonly string[]} labels */
  #draw(labels) {
    this.#search.hidden = labels.length <= SEARCH_ABOVE;
    this.#list.replaceChildren(...labels.map(labelButton));
    this.#filter();
  }

  #filter() {
    const wanted = this.#search.value.trim().toLowerCase();
    for (const button of this.#buttons) button.hidden = !button.dataset.label?.toLowerCase().includes(wanted);
    this.#list.classList.toggle('empty', this.#visible.length === 0);
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

/**
 * @param {string} label
 * @param {number} index
 */
const labelButton = (label, index) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'label-button';
  button.dataset.label = label;
  button.style.setProperty('--colour', colour(index));
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
  if (name === 'key' || name === 'swatch') element.setAttribute('aria-hidden', 'true');
  return element;
};
