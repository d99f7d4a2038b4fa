import { list } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { css } from '../base/css.js';
import { Instructions, instructionsMarkup, instructionsStyles } from '../base/instructions.js';
import { items, member } from '../base/json.js';
import { panelMarkup, panelStyles } from './panel-styles.js';
import { t } from './texts.js';

/** @typedef {{name: string, allowTie: boolean}} Dimension */

const styles = css`
  .responses { display: grid; grid-template-columns: repeat(auto-fit, minmax(260px, 1fr)); gap: 16px; }
  .response { margin: 0; }
  .response p { margin: 0; }
  .dimension { margin: 16px 0 0; padding: 10px 18px 14px; border: 1px solid var(--crowd-line); border-radius: var(--crowd-radius); background: var(--crowd-surface); }
  .dimension legend { padding: 0 6px; font-weight: 600; }
  .dimension .how { margin: 0 0 8px; color: var(--crowd-ink-soft); font-size: 13px; }
  .row { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 18px; padding: 4px 0; border: 0; margin: 0; }
  .row .name { min-width: 8em; }
  .row label { display: inline-flex; align-items: center; gap: 6px; padding: 4px 6px; cursor: pointer; }
  .row input { width: 18px; height: 18px; margin: 0; accent-color: var(--crowd-accent); }
`;

/**
 * Rank responses to a text in several respects; 1 is best. Answer: `{ordinalRankingDimensions: [{name, allowTie,
 * responseRankings}]}`, where item i of the rankings is the rank of response i.
 */
export class CrowdTextRanking extends CrowdControl {
  /** How the form lays it out. @type {import('../base/layouts.js').Layout} */
  static layout = 'flush';
  static styles = [instructionsStyles, panelStyles, styles];
  static observedAttributes = ['text', 'responses', 'ordinal-ranking-dimensions', 'header', 'instructions'];
  static template = `
    <div class="layout">
      ${instructionsMarkup}
      ${panelMarkup('<div class="source"></div>', '<div class="responses"></div><div class="dimensions"></div>')}
    </div>`;

  #instructions = new Instructions(this);
  /** @type {Dimension[]} */
  #dimensions = [];
  #responses = 0;

  get value() {
    const dimensions = this.#dimensions.map(({ name, allowTie }, at) => ({ name, allowTie, responseRankings: this.#ranks(at) }));
    return { ordinalRankingDimensions: dimensions };
  }

  get title$() {
    return this.getAttribute('header') || this.name;
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    const old = this.getAttribute('crowd-form-element-id');
    if (!this.name && old) this.setAttribute('name', old);
    this.#instructions.connect(signal);
    this.part$('.dimensions').addEventListener('change', () => {
      this.#check();
      this.changed();
    }, { signal });
    this.#read();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#read();
  }

  focus() {
    const open = this.#dimensions.findIndex((_, at) => this.#complaintAbout(at) !== '');
    this.#inputs(Math.max(open, 0))[0]?.focus();
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { value: this.value };
  }

  /** @param {unknown} value */
  restore(value) {
    const given = member(value, 'ordinalRankingDimensions') ?? [];
    if (!Array.isArray(given)) throw new TypeError('expected {ordinalRankingDimensions: [...]}');
    this.#dimensions.forEach(({ name }, at) => {
      const ranks = items(member(given.find((one) => member(one, 'name') === name), 'responseRankings'));
      for (const input of this.#inputs(at)) input.checked = Number(input.value) === ranks[Number(input.dataset.response)];
    });
    this.#check();
  }

  formResetCallback() {
    this.restore(undefined);
  }

  #read() {
    this.part$('h1').textContent = this.getAttribute('header') || this.getAttribute('instructions') || '';
    this.part$('.source').textContent = this.getAttribute('text') ?? '';
    const problem = this.part$('.problem');
    problem.hidden = true;
    try {
      this.#draw(list(this, 'responses').map(String), list(this, 'ordinal-ranking-dimensions'));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      problem.textContent = t('bad_attributes', { reason: error.message });
      problem.hidden = false;
      this.complain(t('hold'));
    }
  }

  /** @param {string[]} responses @param {readonly unknown[]} dimensions */
  #draw(responses, dimensions) {
    this.#responses = responses.length;
    this.#dimensions = dimensions.map((one) => ({ name: String(member(one, 'name') ?? one), allowTie: String(member(one, 'allowTie')) === 'true' }));
    this.part$('.responses').replaceChildren(...responses.map(responseCard));
    this.part$('.dimensions').replaceChildren(...this.#dimensions.map((one, at) => ranking(one, at, responses.length)));
    this.#check();
  }

  /** @param {number} dimension @returns {HTMLInputElement[]} */
  #inputs(dimension) {
    return Array.from(this.part$('.dimensions').children[dimension]?.querySelectorAll('input') ?? []);
  }

  /** @param {number} dimension @returns {(number|null)[]} */
  #ranks(dimension) {
    const chosen = this.#inputs(dimension).filter((input) => input.checked);
    return Array.from({ length: this.#responses }, (_, at) => {
      const found = chosen.find((input) => Number(input.dataset.response) === at);
      return found ? Number(found.value) : null;
    });
  }

  #check() {
    const complaints = this.#dimensions.map((_, at) => this.#complaintAbout(at));
    this.complain(complaints.find(Boolean) ?? '');
  }

  /** @param {number} at */
  #complaintAbout(at) {
    const ranks = this.#ranks(at);
    const { name, allowTie } = this.#dimensions[at];
    if (ranks.includes(null)) return t('rank_missing', { dimension: name });
    return !allowTie && new Set(ranks).size < ranks.length ? t('rank_twice', { dimension: name }) : '';
  }
}

/** @param {string} text @param {number} at */
const responseCard = (text, at) => {
  const card = document.createElement('article');
  const [heading, words] = [document.createElement('h2'), document.createElement('p')];
  card.className = 'response';
  heading.textContent = t('response', { number: at + 1 });
  words.textContent = text;
  words.dir = 'auto';
  card.append(heading, words);
  return card;
};

/** @param {Dimension} dimension @param {number} at @param {number} count */
const ranking = ({ name, allowTie }, at, count) => {
  const field = document.createElement('fieldset');
  const [legend, how] = [document.createElement('legend'), document.createElement('p')];
  field.className = 'dimension';
  legend.textContent = name;
  how.className = 'how';
  how.textContent = t(allowTie ? 'tie_allowed' : 'tie_forbidden');
  field.append(legend, how, ...Array.from({ length: count }, (_, response) => rankRow(name, at, response, count)));
  return field;
};

/** @param {string} dimension @param {number} at @param {number} response @param {number} count */
const rankRow = (dimension, at, response, count) => {
  const row = document.createElement('div');
  const name = document.createElement('span');
  row.className = 'row';
  row.setAttribute('role', 'radiogroup');
  row.setAttribute('aria-label', t('rank_of', { dimension, number: response + 1 }));
  name.className = 'name';
  name.textContent = t('response', { number: response + 1 });
  const choices = Array.from({ length: count }, (_, rank) => {
    const [label, input] = [document.createElement('label'), document.createElement('input')];
    Object.assign(input, { type: 'radio', name: `d${at}r${response}`, value: String(rank + 1) });
    input.dataset.response = String(response);
    label.append(input, String(rank + 1));
    return label;
  });
  row.append(name, ...choices);
  return row;
};
