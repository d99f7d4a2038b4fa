import { colour, textColour } from '../drawing/colours.js';
import { lanesOf, linesOf, segmentsOf } from './blocks.js';

/** @typedef {import('./entities.js').Entity} Entity */
/** @typedef {import('./labels.js').Label} Label */
/** @typedef {import('./blocks.js').Line} Line */
/** @typedef {import('./blocks.js').Segment} Segment */

/** Underlines one below the other; deeper entities share the last lane. */
const LANES = 4;

/**
 * Shows the text with its marks. Each line is an element of its own, and only lines whose marks changed are drawn again.
 * The tags after the marks are not part of the text: places never count them.
 */
export class TextView {
  #root;
  /** @type {Line[]} */
  #lines = [];
  /** @type {HTMLElement[]} */
  #rows = [];
  /** @type {string[]} what each row shows */
  #drawn = [];
  /** @type {(key: string, values?: Record<string, string>) => string} */
  #t;

  /**
   * @param {HTMLElement} root
   * @param {(key: string, values?: Record<string, string>) => string} t
   */
  constructor(root, t) {
    this.#root = root;
    this.#t = t;
  }

  get lines() {
    return this.#lines;
  }

  /** @param {string} text */
  show(text) {
    this.#lines = linesOf(text);
    this.#rows = this.#lines.map(() => row());
    this.#drawn = [];
    this.#root.replaceChildren(...this.#rows);
  }

  /**
   * @param {readonly Entity[]} entities in the order of the text
   * @param {readonly Label[]} labels
   * @param {number|null} chosen
   */
  paint(entities, labels, chosen) {
    const lanes = lanesOf(entities);
    const places = new Map(labels.map((label, index) => [label.label, index]));
    this.#byLine(entities).forEach((touching, index) => {
      const key = touching.map(({ id, label }) => `${id} ${lanes.get(id)} ${places.get(label)} ${id === chosen}`).join();
      if (this.#drawn[index] === key) return;
      this.#drawn[index] = key;
      this.#drawRow(index, touching, { lanes, places, labels, chosen });
    });
  }

  /** The number of the line that holds a place. @param {number} place */
  lineAt(place) {
    let [low, high] = [0, this.#lines.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#lines[middle].start <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** @param {number} index */
  rowAt(index) {
    return this.#rows[index];
  }

  /**
   * Where in the page a place of the text is.
   * @param {number} place
   * @returns {{node: Node, offset: number}}
   */
  toPage(place) {
    const index = this.lineAt(place);
    const line = this.#lines[index];
    let left = Math.min(place - line.start, line.text.length);
    for (const node of textNodes(this.#rows[index])) {
      if (left <= node.length) return { node, offset: left };
      left -= node.length;
    }
    return { node: this.#rows[index], offset: 0 };
  }

  /**
   * The place of the text that a point of the page is; null outside of the text.
   * @param {Node|null} node
   * @param {number} offset
   */
  fromPage(node, offset) {
    if (!node || !this.#root.contains(node)) return null;
    if (node === this.#root) return this.#lines[offset]?.start ?? this.#lines.at(-1)?.until ?? 0;
    const element = node instanceof Element ? node : /** @type {Element} */ (node.parentElement);
    const index = this.#rows.findIndex((candidate) => candidate.contains(element));
    if (index < 0) return null;
    const before = document.createRange();
    before.setStart(this.#rows[index], 0);
    before.setEnd(node, offset);
    let count = 0;
    for (const text of textNodes(this.#rows[index])) {
      if (text === node) return this.#lines[index].start + count + offset;
      if (before.comparePoint(text, 0) > 0) break;
      count += text.length;
    }
    return this.#lines[index].start + count;
  }

  /** The position of a caret at this place on the screen. @param {number} place */
  caretBox(place) {
    const { node, offset } = this.toPage(place);
    const range = document.createRange();
    range.setStart(node, offset);
    const boxes = range.getClientRects();
    return boxes[boxes.length - 1] ?? this.#rows[this.lineAt(place)].getBoundingClientRect();
  }

  /** @param {readonly Entity[]} entities */
  #byLine(entities) {
    /** @type {Entity[][]} */
    const touching = this.#lines.map(() => []);
    for (const entity of entities) {
      for (let at = this.lineAt(entity.start); at < this.#lines.length && this.#lines[at].start < entity.end; at += 1) {
        touching[at].push(entity);
      }
    }
    return touching;
  }

  /**
   * @param {number} index
   * @param {Entity[]} touching
   * @param {{lanes: Map<number, number>, places: Map<string, number>, labels: readonly Label[], chosen: number|null}} look
   */
  #drawRow(index, touching, look) {
    const parts = segmentsOf(this.#lines[index], touching).flatMap((segment) => [
      stretch(segment, look),
      ...segment.ending.map((entity) => this.#tag(entity, look)),
    ]);
    this.#rows[index].replaceChildren(...parts);
  }

  /**
   * @param {Entity} entity
   * @param {{places: Map<string, number>, labels: readonly Label[], chosen: number|null}} look
   */
  #tag(entity, { places, labels, chosen }) {
    const index = places.get(entity.label) ?? -1;
    const tag = document.createElement('span');
    const cross = document.createElement('button');
    const name = labels[index]?.short ?? entity.label;
    tag.className = entity.id === chosen ? 'crowd-tag chosen' : 'crowd-tag';
    tag.dataset.entity = String(entity.id);
    tag.title = labels[index]?.full ?? '';
    tag.style.setProperty('--mark', colour(index));
    tag.style.setProperty('--mark-ink', textColour(index));
    cross.type = 'button';
    cross.tabIndex = -1;
    cross.textContent = '×';
    cross.setAttribute('aria-label', this.#t('remove', { label: name }));
    tag.append(name, cross);
    return tag;
  }
}

const row = () => {
  const element = document.createElement('div');
  element.className = 'crowd-line';
  element.dir = 'auto';
  return element;
};

/**
 * @param {Segment} segment
 * @param {{lanes: Map<number, number>, places: Map<string, number>, chosen: number|null}} look
 */
const stretch = (segment, { lanes, places, chosen }) => {
  if (segment.inside.length === 0) return document.createTextNode(segment.text);
  const mark = document.createElement('mark');
  mark.className = segment.inside.some((entity) => entity.id === chosen) ? 'crowd-mark chosen' : 'crowd-mark';
  mark.textContent = segment.text;
  const shown = segment.inside.map((entity) => {
    const lane = Math.min(lanes.get(entity.id) ?? 0, LANES - 1);
    return { paint: colour(places.get(entity.label) ?? -1), lane };
  });
  mark.style.setProperty('--mark', shown[0].paint);
  mark.style.backgroundImage = shown.map(({ paint }) => `linear-gradient(${paint}, ${paint})`).join(', ');
  const deepest = Math.max(...shown.map(({ lane }) => lane));
  mark.style.backgroundPosition = shown.map(({ lane }) => `0 calc(100% - ${(deepest - lane) * 4}px)`).join(', ');
  mark.style.paddingBottom = `${5 + deepest * 4}px`;
  return mark;
};

/** The texts of a line without those of its tags. @param {HTMLElement} line @returns {Text[]} */
const textNodes = (line) => {
  const found = [];
  for (const child of line.childNodes) {
    if (child instanceof Text) found.push(child);
    else if (child instanceof HTMLElement && child.localName === 'mark' && child.firstChild instanceof Text) found.push(child.firstChild);
  }
  return found;
};
