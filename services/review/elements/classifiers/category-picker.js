import { css } from '../base/css.js';

export const pickerStyles = css`
  .categories { display: flex; flex-direction: column; gap: 6px; margin: 0; padding: 0; border: 0; min-width: 0; }
  .category {
    display: flex; align-items: center; gap: 12px; padding: 10px 14px; border: 1px solid var(--crowd-line);
    border-radius: var(--crowd-radius); background: var(--crowd-surface); line-height: 1.4; cursor: pointer;
  }
  .category:hover { border-color: var(--crowd-line-strong); background: var(--crowd-ground); }
  .category:has(:checked) { border-color: var(--crowd-accent); background: var(--crowd-accent-soft); font-weight: 600; }
  .category:has(:focus-visible) { outline: 2px solid var(--crowd-accent); outline-offset: 2px; }
  .category:has(:disabled) { opacity: 0.5; cursor: not-allowed; }
  .category input { flex: none; width: 18px; height: 18px; margin: 0; outline: none; accent-color: var(--crowd-accent); }
  .category .text { flex: 1 1 auto; min-width: 0; overflow-wrap: anywhere; }
  .category .key { color: var(--crowd-ink-soft); font-size: 12px; font-weight: 400; }
  .category.exclusion { margin-top: 10px; border-style: dashed; }
`;

/** The categories to choose from, as native radio buttons or checkboxes. */
export class CategoryPicker {
  #root;
  #type;
  #changed;

  /**
   * @param {HTMLElement} root
   * @param {'radio'|'checkbox'} type
   * @param {() => void} changed
   */
  constructor(root, type, changed) {
    this.#root = root;
    this.#type = type;
    this.#changed = changed;
  }

  /** @param {AbortSignal} signal */
  connect(signal) {
    this.#root.addEventListener('change', () => {
      this.#excludeOthers();
      this.#changed();
    }, { signal });
    document.addEventListener('keydown', (event) => this.#onKey(event), { signal });
  }

  /** The chosen categories, in their order; null when the exclusion entry is chosen. */
  get chosen() {
    if (this.#exclusion?.checked) return null;
    return this.#inputs.filter((input) => input.checked && input !== this.#exclusion).map((input) => input.value);
  }

  /**
   * @param {string[]} categories
   * @param {string} exclusion text of the entry that excludes all others; '' for none
   */
  draw(categories, exclusion) {
    const chosen = new Set(this.chosen);
    this.#root.replaceChildren(...categories.map((category, index) => this.#row(category, index)));
    if (exclusion) this.#root.append(this.#row(exclusion, categories.length, true));
    for (const input of this.#inputs) input.checked = chosen.has(input.value) && input !== this.#exclusion;
  }

  focus() {
    (this.#inputs.find((input) => input.checked) ?? this.#inputs[0])?.focus();
  }

  /** @param {string[]} categories */
  choose(categories) {
    const wanted = new Set(categories);
    for (const input of this.#inputs) input.checked = wanted.has(input.value) && input !== this.#exclusion;
    this.#excludeOthers();
  }

  clear() {
    for (const input of this.#inputs) input.checked = false;
    this.#excludeOthers();
  }

  get #inputs() {
    return Array.from(this.#root.querySelectorAll('input'));
  }

  get #exclusion() {
    return /** @type {HTMLInputElement|null} */ (this.#root.querySelector('.exclusion input'));
  }

  #excludeOthers() {
    const exclusion = this.#exclusion;
    for (const input of this.#inputs) {
      if (input === exclusion) continue;
      input.disabled = exclusion?.checked ?? false;
      if (exclusion?.checked) input.checked = false;
    }
  }

  /**
   * @param {string} text
   * @param {number} index
   * @param {boolean} exclusion
   */
  #row(text, index, exclusion = false) {
    const row = document.createElement('label');
    const input = document.createElement('input');
    row.className = exclusion ? 'category exclusion' : 'category';
    input.type = this.#type;
    input.name = 'category';
    input.value = text;
    row.append(input, span('text', text), span('key', index < 9 ? String(index + 1) : ''));
    return row;
  }

  /** Digits choose, unless they are typed somewhere. @param {KeyboardEvent} event */
  #onKey(event) {
    const meant = event.composedPath()[0];
    const free = meant === document.body || (meant instanceof Node && this.#root.contains(meant));
    if (!free || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/u.test(event.key)) return;
    const input = this.#inputs[Number(event.key) - 1];
    if (!input) return;
    event.preventDefault();
    input.click();
  }
}

/**
 * @param {string} name
 * @param {string} text
 */
const span = (name, text) => {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = text;
  if (name === 'key') element.setAttribute('aria-hidden', 'true');
  return element;
};
