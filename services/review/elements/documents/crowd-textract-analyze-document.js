import { flag, list } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { css } from '../base/css.js';
import { Instructions, instructionsMarkup, instructionsStyles } from '../base/instructions.js';
import { items, member } from '../base/json.js';
import { idOf } from './blocks.js';
import { PairRow } from './pair-row.js';
import { readPairs, toBlocks } from './pairs.js';
import { t } from './texts.js';

/** Where A2I puts this answer: the element has no name of its own. */
const ANSWER_KEY = 'AWS/Textract/AnalyzeDocument/Forms/V1';

const styles = css`
  :host { display: flex; flex-direction: column; flex: 1 1 auto; }
  .layout { display: flex; flex: 1 1 auto; }
  .work-area { flex: 1 1 auto; min-width: 0; padding: 20px 24px; }
  h1 { margin: 0 0 16px; font-size: 18px; font-weight: 600; }
  h1:empty { display: none; }
  .columns { display: grid; grid-template-columns: minmax(0, 1.4fr) minmax(260px, 1fr); gap: 24px; align-items: start; }
  .page { position: sticky; top: 16px; }
  .sheet { position: relative; width: fit-content; }
  .page img { display: block; max-width: 100%; border: 1px solid var(--crowd-line); border-radius: var(--crowd-radius); }
  .areas { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; pointer-events: none; }
  .area { fill: rgb(49 82 200 / 18%); stroke: var(--crowd-accent); stroke-width: 2px; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
  .area.key { fill: rgb(138 90 0 / 15%); stroke: var(--crowd-warning); }
  .area[hidden] { display: none; }
  .problem { color: var(--crowd-danger); }
  .pair { margin: 0 0 12px; padding: 10px 14px 12px; border: 1px solid var(--crowd-line); border-radius: var(--crowd-radius); background: var(--crowd-surface); }
  .pair.current { border-color: var(--crowd-accent); box-shadow: 0 0 0 1px var(--crowd-accent); }
  .pair.refused .field { opacity: 0.55; }
  legend { padding: 0 4px; color: var(--crowd-ink-soft); font-size: 12px; font-weight: 600; }
  .field { display: block; margin-bottom: 8px; color: var(--crowd-ink-soft); font-size: 13px; }
  .field input { display: block; width: 100%; margin-top: 2px; padding: 6px 10px; border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small); color: var(--crowd-ink); font-size: 15px; }
  .field input:read-only { background: var(--crowd-ground); }
  .field.blank input { text-decoration: line-through; }
  .choice { display: inline-flex; align-items: center; gap: 6px; margin-right: 14px; font-size: 14px; }
  .judged { margin-top: 8px; font-size: 14px; }
  .choice input { accent-color: var(--crowd-accent); }
  @media (max-width: 760px) { .columns { grid-template-columns: minmax(0, 1fr); } .page { position: relative; top: 0; } }
`;

/**
 * Check the key-value pairs that Textract found in a form. Answer: `{blocks: [...]}` with the blocks of the correct
 * pairs, in the worker's words.
 */
export class CrowdTextractAnalyzeDocument extends CrowdControl {
  /** How the form lays it out. @type {import('../base/layouts.js').Layout} */
  static layout = 'flush';
  static styles = [instructionsStyles, styles];
  static observedAttributes = ['src', 'header', 'initial-value', 'initialvalue', 'keys', 'no-key-edit', 'nokeyedit'];
  static template = `
    <div class="layout">
      ${instructionsMarkup}
      <section class="work-area">
        <h1></h1>
        <p class="problem" role="alert" hidden></p>
        <div class="columns">
          <div class="page">
            <div class="sheet">
              <img referrerpolicy="no-referrer">
              <svg class="areas" viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
                <polygon class="area key" hidden></polygon><polygon class="area value" hidden></polygon>
              </svg>
            </div>
          </div>
          <div class="pairs"></div>
        </div>
        <slot></slot>
      </section>
    </div>`;

  #instructions = new Instructions(this);
  /** @type {PairRow[]} */
  #rows = [];
  /** The ids of the blocks that were given. @type {ReadonlySet<string>} */
  #given = new Set();

  get answerName() {
    return '';
  }

  get fallbackName() {
    return ANSWER_KEY;
  }

  get value() {
    return { blocks: toBlocks(this.#rows.filter((row) => row.valid), this.#given) };
  }

  get title$() {
    return this.getAttribute('header') || t('page');
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.#instructions.connect(signal);
    this.part$('.page img').addEventListener('error', () => this.#say(t('missing_page')), { signal });
    this.#read();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#read();
  }

  focus() {
    this.#rows[0]?.focus();
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { value: this.value };
  }

  /** @param {unknown} value */
  restore(value) {
    const blocks = member(value, 'blocks');
    if (value !== undefined && !Array.isArray(blocks)) throw new TypeError('expected {blocks: [...]}');
    const texts = new Map(items(blocks).map((block) => [member(block, 'id'), String(member(block, 'text') ?? '')]));
    for (const row of this.#rows) {
      const { key, value: side } = row.pair;
      row.restore(texts.has(key.id) ? { key: texts.get(key.id) ?? '', value: texts.get(side.id) ?? '' } : null);
    }
  }

  formResetCallback() {
    this.#read();
  }

  #read() {
    this.#say('');
    this.complain('');
    this.part$('h1').textContent = this.getAttribute('header') ?? '';
    const image = this.part$('.page img');
    image.alt = t('page');
    image.src = this.getAttribute('src') ?? '';
    try {
      const blocks = list(this, this.#either('initial-value', 'initialvalue'));
      this.#draw(readPairs(blocks, list(this, 'keys')));
      this.#given = new Set(blocks.map(idOf));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#say(t('problem', { reason: error.message }));
      this.complain(t('hold'));
    }
  }

  /**
   * The guide writes attributes in camel case (which HTML makes lower case), templates with hyphens.
   * @param {string} hyphened
   * @param {string} joined
   */
  #either(hyphened, joined) {
    return this.hasAttribute(hyphened) ? hyphened : joined;
  }

  /** @param {import('./pairs.js').Pair[]} pairs */
  #draw(pairs) {
    const keyEditable = !flag(this, this.#either('no-key-edit', 'nokeyedit'));
    this.#rows = pairs.map((pair, index) => new PairRow(pair, index, { keyEditable, changed: () => this.changed() }));
    for (const row of this.#rows) {
      for (const kind of ['focusin', 'click']) row.element.addEventListener(kind, () => this.#point(row));
    }
    this.part$('.pairs').replaceChildren(...this.#rows.map((row) => row.element));
    if (pairs.length === 0) this.part$('.pairs').textContent = t('no_pairs');
  }

  /** Show on the page where a pair was found. @param {PairRow} current */
  #point(current) {
    for (const row of this.#rows) row.element.classList.toggle('current', row === current);
    for (const side of /** @type {const} */ (['key', 'value'])) {
      const { area } = current.pair[side];
      const mark = this.part$(`.area.${side}`);
      mark.toggleAttribute('hidden', area === undefined);
      mark.setAttribute('points', (area ?? []).map(({ x, y }) => `${x},${y}`).join(' '));
    }
    const side = current.pair.value.area ? 'value' : 'key';
    if (current.pair[side].area) this.part$(`.area.${side}`).scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.part$('.problem').textContent = sentence;
    this.part$('.problem').hidden = sentence === '';
  }
}
