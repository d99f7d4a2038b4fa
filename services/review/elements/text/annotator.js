import { History } from '../drawing/history.js';
import { CodePoints } from './code-points.js';
import { alike, fromAnswer, innermost, relabelled, toAnswer, withEntity, withoutEntity } from './entities.js';

/** @typedef {import('./entities.js').Entity} Entity */
/** @typedef {import('./labels.js').Label} Label */
/** Where the selection began and where the caret is, in UTF-16 units. @typedef {{anchor: number, caret: number}} Selection */

/** The work on one text, and everything that can be done to it; it does not know the page. */
export class Annotator {
  text = '';
  points = new CodePoints('');
  /** @type {readonly Label[]} */
  labels = [];
  /** @type {Selection} */
  selection = { anchor: 0, caret: 0 };
  /** The entity that keys act on. @type {number|null} */
  chosen = null;
  /** The label that the next selection gets. @type {string|null} */
  armed = null;
  /** Entities that were given and cannot be shown. */
  refused = 0;
  /** @type {readonly Entity[]} */
  #initial = [];
  #ids = 0;
  /** @type {History<readonly Entity[]>} */
  #history = new History(/** @type {readonly Entity[]} */ ([]));
  #changed;

  /** @param {() => void} changed after every change of the entities by the worker */
  constructor(changed) {
    this.#changed = changed;
  }

  /**
   * Start with a text.
   * @param {string} text
   * @param {readonly Label[]} labels
   * @param {readonly unknown[]} given entities as in an answer
   */
  load(text, labels, given) {
    this.text = text;
    this.labels = labels;
    this.points = new CodePoints(text);
    this.selection = { anchor: 0, caret: 0 };
    this.armed = null;
    this.refused = this.replace(given);
    this.#initial = this.entities;
  }

  /**
   * Replace the entities.
   * @param {readonly unknown[]} given entities as in an answer
   * @returns {number} how many were refused
   */
  replace(given) {
    const { entities, refused } = fromAnswer(given, this.#names, this.points, () => this.#nextId());
    this.#history = new History(entities);
    this.chosen = null;
    return refused;
  }

  /** @returns {readonly Entity[]} in the order of the text */
  get entities() {
    return this.#history.present;
  }

  get canUndo() {
    return this.#history.canUndo;
  }

  get canRedo() {
    return this.#history.canRedo;
  }

  get modified() {
    return !alike(this.entities, this.#initial);
  }

  get answer() {
    return toAnswer(this.entities, this.points);
  }

  get selected() {
    const { anchor, caret } = this.selection;
    return { start: Math.min(anchor, caret), end: Math.max(anchor, caret) };
  }

  /** @param {Entity} entity */
  textOf(entity) {
    return this.text.slice(entity.start, entity.end);
  }

  /**
   * Select from one place to another; the same place twice is only a caret.
   * @param {number} anchor
   * @param {number} caret
   */
  select(anchor, caret) {
    this.selection = { anchor, caret };
    if (anchor !== caret) this.chosen = null;
  }

  /**
   * A label was pressed: it marks the selection, else changes the chosen entity, else waits for the next selection.
   * @param {string} label
   * @returns {Entity|undefined} what was marked or changed
   */
  press(label) {
    const { start, end } = this.selected;
    if (start < end) return this.#mark(label, start, end);
    if (this.chosen !== null) return this.#relabel(this.chosen, label);
    this.armed = this.armed === label ? null : label;
    return undefined;
  }

  /** The selection is finished: a waiting label is applied. */
  selectionDone() {
    const { start, end } = this.selected;
    return this.armed !== null && start < end ? this.#mark(this.armed, start, end) : undefined;
  }

  /** @param {number} id */
  remove(id) {
    const found = this.entities.find((entity) => entity.id === id);
    if (!found) return undefined;
    this.#record(withoutEntity(this.entities, id));
    this.chosen = null;
    return found;
  }

  /** Remove the chosen entity, or the one around the caret. */
  removeHere() {
    const here = this.chosen ?? innermost(this.entities, this.selection.caret)?.id;
    return here === undefined ? undefined : this.remove(here);
  }

  /**
   * Choose the innermost entity around a place, or none.
   * @param {number} place
   */
  chooseAt(place) {
    this.chosen = innermost(this.entities, place)?.id ?? null;
  }

  /** @param {number} id */
  choose(id) {
    const found = this.entities.find((entity) => entity.id === id);
    if (!found) return;
    this.selection = { anchor: found.end, caret: found.end };
    this.chosen = id;
  }

  /**
   * Choose the next entity after the chosen one or the caret, around the end of the text.
   * @param {1|-1} step
   */
  chooseNext(step) {
    const { entities } = this;
    if (entities.length === 0) return;
    const current = entities.findIndex((entity) => entity.id === this.chosen);
    const after = entities.findIndex((entity) => entity.end >= this.selection.caret);
    const first = step > 0 ? (after < 0 ? 0 : after) : (after < 0 ? entities.length : after) - 1;
    const next = current < 0 ? first : current + step;
    this.choose(entities[(next + entities.length) % entities.length].id);
  }

  /** Clear the selection, the chosen entity and the waiting label. */
  leave() {
    this.selection = { anchor: this.selection.caret, caret: this.selection.caret };
    this.chosen = null;
    this.armed = null;
  }

  undo() {
    if (!this.canUndo) return;
    this.#history.undo();
    this.chosen = null;
    this.#changed();
  }

  redo() {
    if (!this.canRedo) return;
    this.#history.redo();
    this.chosen = null;
    this.#changed();
  }

  get #names() {
    return this.labels.map((label) => label.label);
  }

  /**
   * @param {string} label
   * @param {number} start
   * @param {number} end
   */
  #mark(label, start, end) {
    const entity = { id: this.#nextId(), label, start, end };
    this.#record(withEntity(this.entities, entity));
    this.selection = { anchor: end, caret: end };
    this.chosen = null;
    return entity;
  }

  /**
   * @param {number} id
   * @param {string} label
   */
  #relabel(id, label) {
    this.#record(relabelled(this.entities, id, label));
    return this.entities.find((entity) => entity.id === id);
  }

  /** @param {readonly Entity[]} next */
  #record(next) {
    if (next === this.entities) return;
    this.#history.record(next);
    this.#changed();
  }

  #nextId() {
    this.#ids += 1;
    return this.#ids;
  }
}
