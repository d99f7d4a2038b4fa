import { items, member as own } from '../base/json.js';

/**
 * Blocks of Textract's AnalyzeDocument, whose members may begin with either case.
 * @typedef {{x: number, y: number}} Corner in shares of the page
 * @typedef {readonly Corner[]} Area
 */

/** @param {unknown} object @param {string} name @returns {unknown} */
export const member = (object, name) => own(object, name) ?? own(object, name[0].toUpperCase() + name.slice(1));

/** @param {unknown} block @returns {string} */
export const idOf = (block) => String(member(block, 'id') ?? '');

/** The ids to which a block is related in one way. @param {unknown} block @param {string} type @returns {string[]} */
export const related = (block, type) =>
  items(member(block, 'relationships'))
    .filter((relationship) => member(relationship, 'type') === type)
    .flatMap((relationship) => items(member(relationship, 'ids')))
    .map(String);

/** The text of a word, or whether something is ticked. @param {unknown} block @returns {string} */
export const textOf = (block) => String(member(block, 'text') ?? member(block, 'selectionStatus') ?? '');

/** The polygon around a block, or else its box; undefined if a number is missing. @param {unknown} block @returns {Area|undefined} */
export const areaOf = (block) => {
  const geometry = member(block, 'geometry');
  const corners = [polygon(member(geometry, 'polygon')), rectangle(member(geometry, 'boundingBox'))];
  return corners.find((area) => area.length > 2 && area.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
};

/** @param {unknown} points @returns {Corner[]} */
const polygon = (points) =>
  items(points).map((point) => ({ x: toNumber(member(point, 'x')), y: toNumber(member(point, 'y')) }));

/** @param {unknown} box @returns {Corner[]} */
const rectangle = (box) => {
  const [left, top, width, height] = ['left', 'top', 'width', 'height'].map((name) => toNumber(member(box, name)));
  const [right, bottom] = [left + width, top + height];
  return [{ x: left, y: top }, { x: right, y: top }, { x: right, y: bottom }, { x: left, y: bottom }];
};

/** Null and blank are not numbers here. @param {unknown} value */
const toNumber = (value) => (value === null || value === '' ? NaN : Number(value));
