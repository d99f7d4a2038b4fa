import { flag, list, number } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { css } from '../base/css.js';
import { Instructions, instructionsMarkup, instructionsStyles } from '../base/instructions.js';
import { member } from '../base/json.js';
import { CodePoints } from './code-points.js';
import { panelMarkup, panelStyles } from './panel-styles.js';
import { QuestionCard, countWords } from './question-card.js';
import { t } from './texts.js';

const styles = css`
  .pair legend { padding: 0 6px; font-weight: 600; }
  .field { display: block; margin-bottom: 10px; font-size: 14px; }
  .field textarea { display: block; width: 100%; margin-top: 2px; padding: 8px 12px; border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small); resize: vertical; }
  .tags { display: flex; flex-wrap: wrap; gap: 4px 16px; }
  .tags label { display: inline-flex; gap: 6px; align-items: center; font-size: 14px; }
  .own-tag { display: flex; gap: 8px; margin: 8px 0; }
  .own-tag input { padding: 6px 10px; border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small); }
  .quotes { margin: 8px 0; padding: 0; list-style: none; }
  .quotes li { display: flex; align-items: center; gap: 8px; margin-bottom: 4px; padding-left: 10px; border-left: 3px solid var(--crowd-accent); font-size: 14px; }
  ::slotted([slot='question-text']) { display: block; white-space: pre-wrap; }
`;

/**
 * Write questions about a text, and their answers. Answer: `{questionAndAnswers: [{question, answer, tags, textReferences}]}`,
 * where a reference is a stretch of the text in characters, its end exclusive.
 */
export class CrowdQuestionAnswerGeneration extends CrowdControl {
  /** How the form lays it out. @type {import('../base/layouts.js').Layout} */
  static layout = 'flush';
  static styles = [instructionsStyles, panelStyles, styles];
  static observedAttributes = ['text', 'header', 'question-tags', 'allow-custom-question-tags'];
  static template = `
    <div class="layout">
      ${instructionsMarkup}
      ${panelMarkup('<div class="source"><slot name="question-text"></slot></div>', '<div class="pairs"></div><button type="button" class="plain add"></button>')}
    </div>`;

  #instructions = new Instructions(this);
  /** The text is in the page's own tree, where selecting works the same in every browser. */
  #source = document.createElement('div');
  /** @type {QuestionCard[]} */
  #cards = [];

  get value() {
    return { questionAndAnswers: this.#cards.map((card) => card.value) };
  }

  get title$() {
    return this.getAttribute('header') || this.name;
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.#instructions.connect(signal);
    this.#source.slot = 'question-text';
    if (this.#source.parentNode !== this) this.append(this.#source);
    const add = this.part$('.add');
    add.textContent = t('add_pair');
    add.addEventListener('click', () => {
      this.#add().focus();
      this.#changed();
    }, { signal });
    this.#read();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#read();
  }

  focus() {
    this.#cards[0]?.focus();
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { value: this.value };
  }

  /** @param {unknown} value */
  restore(value) {
    const given = member(value, 'questionAndAnswers') ?? [];
    if (!Array.isArray(given)) throw new TypeError('expected {questionAndAnswers: [...]}');
    this.#begin();
    while (this.#cards.length < given.length) this.#add();
    given.forEach((one, at) => {
      this.#cards[at].value = one;
    });
    this.#check();
  }

  formResetCallback() {
    this.#begin();
  }

  get #least() {
    return Math.max(1, number(this, 'min-questions', 1));
  }

  #read() {
    this.part$('h1').textContent = this.getAttribute('header') ?? '';
    this.#source.textContent = this.getAttribute('text') ?? '';
    const problem = this.part$('.problem');
    problem.hidden = true;
    try {
      list(this, 'question-tags');
      this.#begin();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      problem.textContent = t('bad_attributes', { reason: error.message });
      problem.hidden = false;
      this.complain(t('hold'));
    }
  }

  #begin() {
    for (const card of this.#cards) card.element.remove();
    this.#cards = [];
    for (let at = 0; at < this.#least; at += 1) this.#add();
    this.#check();
  }

  #add() {
    const text = this.getAttribute('text') ?? '';
    const points = new CodePoints(text);
    const card = new QuestionCard({
      tags: list(this, 'question-tags').map(String),
      ownTags: flag(this, 'allow-custom-question-tags'),
      quote: () => this.#selected(points),
      textOf: ({ startOffset, endOffset }) => text.slice(points.toUnit(startOffset), points.toUnit(endOffset)),
      changed: () => this.#changed(),
      remove: () => this.#remove(card),
    });
    this.#cards.push(card);
    this.part$('.pairs').append(card.element);
    this.#paint();
    return card;
  }

  /** @param {QuestionCard} card */
  #remove(card) {
    this.#cards = this.#cards.filter((other) => other !== card);
    card.element.remove();
    this.#paint();
    this.#changed();
  }

  #paint() {
    this.#cards.forEach((card, at) => card.paint(at + 1, this.#cards.length > this.#least));
    this.part$('.add').hidden = this.#cards.length >= number(this, 'max-questions', Infinity);
  }

  #changed() {
    this.#check();
    this.changed();
  }

  /** @param {CodePoints} points */
  #selected(points) {
    const selection = document.getSelection();
    const letters = this.#source.firstChild;
    if (!selection?.rangeCount || !letters) return null;
    const range = selection.getRangeAt(0);
    if (range.startContainer !== letters || range.endContainer !== letters || range.collapsed) return null;
    return { startOffset: points.ofUnit(range.startOffset), endOffset: points.ofUnit(range.endOffset) };
  }

  #check() {
    const complaints = this.#cards.flatMap(({ value }, at) => [
      this.#complaintAbout('question', value.question, at + 1),
      this.#complaintAbout('answer', value.answer, at + 1),
    ]);
    this.complain(complaints.find(Boolean) ?? '');
  }

  /** @param {'question'|'answer'} field @param {string} text @param {number} place */
  #complaintAbout(field, text, place) {
    const count = countWords(text);
    const least = number(this, `${field}-min-words`, 1);
    const most = number(this, `${field}-max-words`, Infinity);
    if (count < least) return t('words_few', { field: t(field), number: place, count: least });
    return count > most ? t('words_many', { field: t(field), number: place, count: most }) : '';
  }
}
