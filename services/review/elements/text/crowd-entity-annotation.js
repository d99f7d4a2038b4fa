import { list } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { Instructions, instructionsStyles } from '../base/instructions.js';
import { member } from '../base/json.js';
import { layOut } from '../base/layouts.js';
import { pageStyles } from '../base/theme.js';
import { Annotator } from './annotator.js';
import { EntityAnswer } from './entity-answer.js';
import { Keyboard } from './keyboard.js';
import { readLabels } from './labels.js';
import { annotatorMarkup, fillWords, textRoot } from './markup.js';
import { Movement } from './movement.js';
import { Selecting } from './selecting.js';
import { SideLists } from './side-lists.js';
import { annotatorStyles, textStyles } from './styles.js';
import { TextView } from './text-view.js';
import { t } from './texts.js';

const ANSWER_TAG = 'entity-answer';

/**
 * Mark stretches of a text. Answer: `{entities: [{label, startOffset, endOffset}]}`, in the order of the text; offsets
 * count characters (code points), the end is exclusive. Stretches may overlap, and one may have several labels.
 * Without a `<crowd-form>` around, it brings its own form and Submit button.
 */
export class CrowdEntityAnnotation extends CrowdControl {
  /** How the form lays it out. @type {import('../base/layouts.js').Layout} */
  static layout = 'flush';
  static styles = [instructionsStyles, pageStyles, annotatorStyles];
  static observedAttributes = ['text', 'labels', 'initial-value', 'header', 'name'];
  static liveProperties = ['text', 'labels'];
  static template = annotatorMarkup;

  #instructions = new Instructions(this);
  #annotator = new Annotator(() => this.#onWork());
  #textRoot = textRoot();
  #view = new TextView(this.#textRoot, t);
  #movement = new Movement(this.#view);
  #lists = new SideLists(this, this.#annotator);
  #selecting = new Selecting(
    this.#textRoot,
    { annotator: this.#annotator, view: this.#view, movement: this.#movement },
    { paint: () => this.#paint(), done: () => this.#tell('marked', this.#annotator.selectionDone()) },
  );
  #keyboard = new Keyboard(
    { annotator: this.#annotator, movement: this.#movement },
    {
      press: (label) => this.#press(label),
      remove: () => this.#tell('removed', this.#annotator.removeHere()),
      moved: () => this.#afterMove(),
      chose: () => this.#afterMove(),
      caretX: () => this.#view.caretBox(this.#annotator.selection.caret).left,
    },
  );
  #caret = document.createElement('span');
  #proxy = new EntityAnswer();
  /** @type {unknown[]|null} labels that a script has set: then the attribute says no more */
  #labelsByScript = null;

  get text() {
    return this.getAttribute('text') ?? '';
  }

  set text(next) {
    this.setAttribute('text', next);
  }

  /** The labels as given. @returns {unknown[]} */
  get labels() {
    return this.#labelsByScript ?? list(this, 'labels');
  }

  set labels(next) {
    this.#labelsByScript = Array.from(next);
    this.#read(this.#annotator.answer);
  }

  get value() {
    const value = { entities: this.#annotator.answer };
    return this.hasAttribute('initial-value') ? { ...value, initialValueModified: this.#annotator.modified } : value;
  }

  get title$() {
    return this.getAttribute('header') || this.name;
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    if (!document.adoptedStyleSheets.includes(textStyles)) document.adoptedStyleSheets = [...document.adoptedStyleSheets, textStyles];
    this.#caret.className = 'crowd-text-caret';
    this.#caret.hidden = true;
    if (this.#textRoot.parentNode !== this) this.append(this.#textRoot);
    this.#ensureForm();
    fillWords(this);
    this.#textRoot.setAttribute('aria-label', t('text'));
    this.#instructions.connect(signal);
    this.#selecting.connect(signal);
    this.#listen(signal);
    this.#read(null);
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    if (name === 'labels') this.#labelsByScript = null;
    if (!this.isConnected) return;
    if (name === 'header' || name === 'name') this.#paintNames();
    else this.#read(name === 'labels' ? this.#annotator.answer : null);
  }

  focus() {
    this.#textRoot.focus();
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { value: this.value };
  }

  /** @param {unknown} value */
  restore(value) {
    const entities = value === undefined ? [] : member(value, 'entities');
    if (!Array.isArray(entities)) throw new TypeError('expected {entities: [...]}');
    const refused = this.#annotator.replace(entities);
    this.#paint();
    if (refused > 0) throw new TypeError(`${refused} entities do not fit this text`);
  }

  formResetCallback() {
    this.#read(null);
  }

  /** @param {string} message */
  complain(message) {
    super.complain(message);
    this.#proxy.complain(message);
  }

  changed() {
    // From within the form, so that the form receives it; to the page it comes from this element.
    if (this.#proxy.isConnected) this.#proxy.changed();
    else super.changed();
  }

  /** Without a form around, the whole tool goes into one of its own. */
  #ensureForm() {
    const layout = this.part$('.layout');
    const inner = this.shadowRoot?.querySelector('crowd-form');
    if (this.closest('crowd-form')) {
      inner?.replaceWith(layout);
    } else if (!inner) {
      const form = document.createElement('crowd-form');
      this.#proxy.source = this;
      layout.replaceWith(form);
      form.append(this.#proxy, layout);
    }
  }

  /** @param {AbortSignal} signal */
  #listen(signal) {
    this.#lists.connect(signal, {
      press: (label) => this.#press(label),
      choose: (id) => this.#choose(id),
      remove: (id) => this.#remove(id),
    });
    this.part$('.undo').addEventListener('click', () => this.#annotator.undo(), { signal });
    this.part$('.redo').addEventListener('click', () => this.#annotator.redo(), { signal });
    this.#textRoot.addEventListener('click', (event) => this.#onTag(event), { signal });
    for (const kind of ['focus', 'blur']) this.#textRoot.addEventListener(kind, () => this.#paintCaret(), { signal });
    document.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    window.addEventListener('resize', () => this.#paintCaret(), { signal });
  }

  /**
   * Start with what the attributes say.
   * @param {readonly unknown[]|null} given entities to keep; null: those of `initial-value`
   */
  #read(given) {
    let reason = '';
    let labels = this.#annotator.labels;
    let entities = given ?? [];
    try {
      labels = readLabels(this.labels);
      if (given === null) entities = list(this, 'initial-value');
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      reason = t('bad_attributes', { reason: error.message });
    }
    this.#annotator.load(this.text, labels, entities);
    this.#view.show(this.text);
    this.#textRoot.append(this.#caret);
    this.complain(reason && t('hold'));
    this.#say(reason || (this.#annotator.refused > 0 ? t('not_shown', { count: this.#annotator.refused }) : ''));
    this.#paintNames();
    this.#paint();
  }

  #onWork() {
    this.#paint();
    this.changed();
  }

  /** @param {string} label */
  #press(label) {
    this.#tell('marked', this.#annotator.press(label));
    if (this.#hasFocus) this.#selecting.show();
    this.#paint();
  }

  /** @param {number} id */
  #choose(id) {
    this.#annotator.choose(id);
    this.#textRoot.focus();
    this.#afterMove();
  }

  /** @param {number} id */
  #remove(id) {
    this.#tell('removed', this.#annotator.remove(id));
    this.#paint();
  }

  /** @param {Event} event */
  #onTag(event) {
    const target = /** @type {Element} */ (event.target);
    const id = Number(/** @type {HTMLElement|null} */ (target.closest('.crowd-tag'))?.dataset.entity);
    if (!id) return;
    if (target.closest('button')) this.#remove(id);
    else this.#choose(id);
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const meant = event.composedPath()[0];
    if (!(meant instanceof Element)) return;
    const inText = meant === this.#textRoot;
    const ours = inText || meant === document.body || this.part$('.side').contains(meant) || this.#textRoot.contains(meant);
    if (ours) this.#keyboard.take(event, inText);
  }

  #afterMove() {
    this.#selecting.show();
    this.#paint();
    this.#caret.scrollIntoView({ block: 'nearest' });
    const { start, end } = this.#annotator.selected;
    if (start < end) this.part$('[role="status"]').textContent = t('selected', { text: this.#annotator.text.slice(start, end) });
  }

  /**
   * Announce what was done.
   * @param {string} key
   * @param {import('./entities.js').Entity|undefined} entity
   */
  #tell(key, entity) {
    if (!entity) return;
    const label = this.#annotator.labels.find((candidate) => candidate.label === entity.label)?.full ?? entity.label;
    this.part$('[role="status"]').textContent = t(key, { label, text: this.#annotator.textOf(entity) });
    if (this.#hasFocus) this.#selecting.show();
  }

  get #hasFocus() {
    return document.activeElement === this.#textRoot;
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.part$('.problem').textContent = sentence;
    this.part$('.problem').hidden = sentence === '';
  }

  #paintNames() {
    this.part$('.header').textContent = this.getAttribute('header') ?? '';
    this.#proxy.setAttribute('name', this.name);
  }

  #paint() {
    const { entities, labels, chosen, armed } = this.#annotator;
    this.#view.paint(entities, labels, chosen);
    this.#lists.paint();
    this.part$('.undo').disabled = !this.#annotator.canUndo;
    this.part$('.redo').disabled = !this.#annotator.canRedo;
    const label = labels.find((candidate) => candidate.label === armed);
    this.part$('.hint').textContent = label ? t('armed', { label: label.full }) : t('how');
    this.part$('.hint').classList.toggle('armed', label !== undefined);
    this.part$('.marks-heading').hidden = entities.length === 0;
    this.#paintCaret();
  }

  #paintCaret() {
    const { anchor, caret } = this.#annotator.selection;
    this.#caret.hidden = !this.#hasFocus || anchor !== caret;
    const box = this.#view.caretBox(caret);
    const home = this.#textRoot.getBoundingClientRect();
    this.#caret.style.left = `${box.left - home.left}px`;
    this.#caret.style.top = `${box.top - home.top}px`;
    this.#caret.style.height = `${box.height}px`;
  }
}

if (!customElements.get(ANSWER_TAG)) customElements.define(ANSWER_TAG, EntityAnswer);
layOut(ANSWER_TAG, CrowdEntityAnnotation.layout);
