import { colour } from '../drawing/colours.js';
import { t } from './texts.js';

/** @typedef {import('./annotator.js').Annotator} Annotator */

/** A longer text is cut here in the list of marks, in UTF-16 units. */
const EXCERPT = 60;

/** The labels to choose from, and the existing marks. */
export class SideLists {
  #labels;
  #marks;
  #annotator;
  #drawnLabels = '';
  #drawnMarks = '';

  /**
   * @param {import('../base/element.js').CrowdElement} host
   * @param {Annotator} annotator
   */
  constructor(host, annotator) {
    this.#labels = /** @type {HTMLElement} */ (host.part$('.labels'));
    this.#marks = /** @type {HTMLElement} */ (host.part$('.marks'));
    this.#annotator = annotator;
  }

  /**
   * @param {AbortSignal} signal
   * @param {{press: (label: string) => void, choose: (id: number) => void, remove: (id: number) => void}} actions
   */
  connect(signal, { press, choose, remove }) {
    // The selection and the focus stay in the text.
    this.#labels.addEventListener('pointerdown', (event) => event.preventDefault(), { signal });
    this.#labels.addEventListener('mousedown', (event) => event.preventDefault(), { signal });
    this.#labels.addEventListener('click', (event) => {
      const button = buttonOf(event);
      if (button) press(button.dataset.label ?? '');
    }, { signal });
    this.#marks.addEventListener('click', (event) => {
      const button = buttonOf(event);
      const id = Number(button?.closest('li')?.dataset.entity);
      if (button?.classList.contains('go')) choose(id);
      else if (button) remove(id);
    }, { signal });
  }

  paint() {
    this.#paintLabels();
    this.#paintMarks();
  }

  #paintLabels() {
    const { labels, entities, armed } = this.#annotator;
    const shown = JSON.stringify(labels);
    if (shown !== this.#drawnLabels) this.#labels.replaceChildren(...labels.map((label, index) => labelButton(label, index)));
    this.#drawnLabels = shown;
    const counts = new Map();
    for (const { label } of entities) counts.set(label, (counts.get(label) ?? 0) + 1);
    for (const button of this.#labels.querySelectorAll('button')) {
      const { label } = button.dataset;
      button.classList.toggle('selected', label === armed);
      button.setAttribute('aria-pressed', String(label === armed));
      /** @type {HTMLElement} */ (button.querySelector('.count')).textContent = String(counts.get(label) ?? '');
    }
  }

  #paintMarks() {
    const { entities, labels, chosen } = this.#annotator;
    const shown = entities.map((entity) => `${entity.id} ${entity.label}`).join('\n');
    if (shown !== this.#drawnMarks || entities.length === 0) {
      const names = new Map(labels.map((label, index) => [label.label, { index, name: label.short }]));
      this.#marks.replaceChildren(...entities.map((entity) => this.#mark(entity, names.get(entity.label))));
    }
    this.#drawnMarks = shown;
    for (const item of this.#marks.children) {
      item.classList.toggle('chosen', /** @type {HTMLElement} */ (item).dataset.entity === String(chosen));
    }
  }

  /**
   * @param {import('./entities.js').Entity} entity
   * @param {{index: number, name: string}|undefined} label
   */
  #mark(entity, label) {
    const item = document.createElement('li');
    const go = document.createElement('button');
    const cross = document.createElement('button');
    const name = label?.name ?? entity.label;
    item.dataset.entity = String(entity.id);
    item.style.setProperty('--mark', colour(label?.index ?? -1));
    go.type = cross.type = 'button';
    go.className = 'go';
    go.append(span('swatch', ''), span('name', name), span('text', this.#annotator.textOf(entity).slice(0, EXCERPT)));
    cross.className = 'close';
    cross.textContent = '×';
    cross.setAttribute('aria-label', t('remove', { label: name }));
    item.append(go, cross);
    return item;
  }
}

/**
 * @param {import('./labels.js').Label} label
 * @param {number} index
 */
const labelButton = ({ label, full, key }, index) => {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'label-button';
  button.dataset.label = label;
  button.style.setProperty('--mark', colour(index));
  button.append(span('swatch', ''), span('name', full), span('count', ''));
  if (key) {
    const cap = document.createElement('kbd');
    cap.className = 'key';
    cap.textContent = key;
    button.append(cap);
    button.setAttribute('aria-keyshortcuts', key);
  }
  return button;
};

/** @param {Event} event */
const buttonOf = (event) => (event.target instanceof Element ? event.target.closest('button') : null);

/** @param {string} name @param {string} text */
const span = (name, text) => {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = text;
  return element;
};
