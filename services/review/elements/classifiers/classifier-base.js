import { list, structure } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { css } from '../base/css.js';
import { Instructions, instructionsMarkup, instructionsStyles } from '../base/instructions.js';
import { member } from '../base/json.js';
import { CategoryPicker, pickerStyles } from './category-picker.js';
import { t } from './texts.js';

const styles = css`
  :host { flex: 1 1 auto; }
  .layout { display: flex; min-height: 100%; }
  .annotation-area { flex: 1 1 auto; min-width: 0; padding: 20px 24px; }
  .header { margin: 0 0 16px; font-size: 18px; font-weight: 600; line-height: 1.35; }
  .header:empty { display: none; }
  .columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(240px, 340px); gap: 24px; align-items: start; }
  .target { min-width: 0; overflow-wrap: anywhere; }
  .side { position: sticky; top: 16px; display: flex; flex-direction: column; gap: 16px; }
  .problem { color: var(--crowd-danger); }
  @media (max-width: 760px) { .columns { grid-template-columns: minmax(0, 1fr); } .side { position: static; } }
`;

/**
 * Build the shadow tree of a classifier around its target.
 * @param {string} target markup of what is to be classified
 * @param {string} after markup below the categories
 */
export const classifierMarkup = (target, after = '') => `
  <div class="layout">
    ${instructionsMarkup}
    <section class="annotation-area">
      <h1 class="header" id="header"></h1>
      <div class="columns">
        <div class="target">${target}<slot></slot></div>
        <div class="side">
          <div class="category-picker-wrapper">
            <fieldset class="categories" aria-labelledby="header"></fieldset>
            <p class="problem" role="alert" hidden></p>
            ${after}
          </div>
        </div>
      </div>
    </section>
  </div>`;

/** What the four classifiers share: header, target, categories, instructions. */
export class ClassifierBase extends CrowdControl {
  /** How the form lays it out. @type {import('../base/layouts.js').Layout} */
  static layout = 'flush';
  static styles = [instructionsStyles, pickerStyles, styles];
  static observedAttributes = ['categories', 'exclusion-category', 'header', 'overlay', 'src'];
  static liveProperties = ['categories'];
  /** @type {'radio'|'checkbox'} */
  static choice = 'radio';

  #instructions = new Instructions(this);
  /** @type {string[]} */
  #categories = [];
  /** Whether a script has set the categories: then the attribute no longer counts. */
  #categoriesByScript = false;
  picker;

  constructor() {
    super();
    const { choice } = /** @type {typeof ClassifierBase} */ (new.target);
    this.picker = new CategoryPicker(this.part$('.categories'), choice, () => this.#onChoice());
  }

  get categories() {
    return [...this.#categories];
  }

  /** @param {string[]} next */
  set categories(next) {
    this.#categoriesByScript = true;
    this.#draw(Array.from(next, (item) => this.captionOf(item)));
  }

  /** The text of the entry that excludes all others. */
  get exclusion() {
    return '';
  }

  get title$() {
    return this.getAttribute('header') || this.name;
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.#instructions.connect(signal);
    this.picker.connect(signal);
    this.#read();
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (!this.isConnected) return;
    if (name === 'categories') this.#categoriesByScript = false;
    this.#read();
  }

  /**
   * What a category is called on the page and in the answer.
   * @param {unknown} item
   */
  captionOf(item) {
    return String(item);
  }

  focus() {
    this.picker.focus();
  }

  /**
   * An empty list chooses nothing, not the exclusion entry: the answer does not tell which of the two it was, and a
   * person must make the choice.
   * @param {{label?: string, labels?: string[]}|undefined} value
   */
  restore(value) {
    this.picker.choose(value?.labels ?? (value?.label === undefined ? [] : [value.label]));
    this.refresh();
  }

  formResetCallback() {
    this.picker.clear();
    this.refresh();
  }

  /** Hold the form back until something is chosen. */
  refresh() {
    const { chosen } = this.picker;
    this.complain(chosen?.length === 0 ? t('choose') : '', { valueMissing: true });
  }

  #onChoice() {
    this.refresh();
    this.changed();
  }

  /** @param {string[]} categories */
  #draw(categories) {
    this.#categories = categories;
    this.picker.draw(categories, this.exclusion);
    this.refresh();
  }

  #read() {
    this.part$('.header').textContent = this.getAttribute('header') ?? '';
    const problem = this.part$('.problem');
    problem.hidden = true;
    try {
      this.#draw(this.#categoriesByScript ? this.#categories : list(this, 'categories').map((item) => this.captionOf(item)));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      problem.textContent = error.message;
      problem.hidden = false;
      this.complain(error.message);
    }
  }
}

/**
 * The text in `exclusion-category="{text: 'None'}"`.
 * @param {Element} element
 */
export const exclusionText = (element) => String(member(structure(element, 'exclusion-category'), 'text') ?? '');
