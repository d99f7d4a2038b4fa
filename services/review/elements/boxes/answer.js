import { isEmpty, settle } from './box.js';

/**
 * @typedef {import('./annotations.js').Annotation} Annotation
 * @typedef {import('./box.js').Box} Box
 * @typedef {import('./box.js').Size} Size
 * @typedef {{label: string, left: number, top: number, width: number, height: number}} AnswerBox
 * @typedef {{boundingBoxes: AnswerBox[], inputImageProperties: Size, initialValueModified?: boolean}} Answer
 */

/**
 * The answer as one object that stays the same: pages hold on to it, and what they write on a box stays on it.
 */
export class LiveAnswer {
  /** @type {Answer} */
  value = { boundingBoxes: [], inputImageProperties: { width: 0, height: 0 } };
  /** @type {Map<number, AnswerBox>} */
  #boxes = new Map();

  /**
   * Bring the object in line with the boxes.
   * @param {readonly Annotation[]} annotations
   * @param {Size} size
   * @param {boolean|undefined} modified undefined when there was no initial value
   */
  update(annotations, size, modified) {
    const kept = new Map(annotations.map((annotation) => [annotation.id, this.#write(annotation)]));
    this.#boxes = kept;
    this.value.boundingBoxes.splice(0, this.value.boundingBoxes.length, ...kept.values());
    this.value.inputImageProperties.width = size.width;
    this.value.inputImageProperties.height = size.height;
    if (modified === undefined) delete this.value.initialValueModified;
    else this.value.initialValueModified = modified;
  }

  /** @param {Annotation} annotation */
  #write({ id, label, box }) {
    const { left, top, width, height } = box;
    return Object.assign(this.#boxes.get(id) ?? {}, { label, left, top, width, height });
  }
}

/**
 * The boxes of an initial value: whole pixels inside the image, only of known labels.
 * @param {any} value a list of boxes, or an answer that holds one
 * @param {string[]} labels
 * @param {Size} size
 * @returns {{boxes: {label: string, box: Box}[], refused: string[]}} refused: why each box that is not drawn is not
 */
export const readInitial = (value, labels, size) => {
  const list = Array.isArray(value) ? value : value?.boundingBoxes ?? [];
  /** @type {{label: string, box: Box}[]} */
  const boxes = [];
  /** @type {string[]} */
  const refused = [];
  for (const item of list) {
    const box = toBox(item, size);
    const label = String(item?.label);
    if (!box) refused.push(`"${label}" has no size inside the image`);
    else if (labels.includes(label)) boxes.push({ label, box });
    else refused.push(`"${label}" is not among the labels`);
  }
  return { boxes, refused };
};

/**
 * @param {any} item
 * @param {Size} size
 */
const toBox = (item, size) => {
  const [left, top, width, height] = [item?.left, item?.top, item?.width, item?.height].map(Number);
  if (![left, top, width, height].every(Number.isFinite)) return undefined;
  const box = settle({ left, top, width, height }, size);
  return isEmpty(box) ? undefined : box;
};
