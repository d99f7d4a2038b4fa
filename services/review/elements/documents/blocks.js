/**
 * Blocks of Textract's AnalyzeDocument, whose members may begin with either case.
 * @typedef {{x: number, y: number}} Corner in shares of the page
 * @typedef {readonly Corner[]} Area
 */

/** @param {any} object @param {string} name */
export const member = (object, name) => object?.[name] ?? object?.[name[0].toUpperCase() + name.slice(1)];

/** @param {any} block @returns {string} */
export const idOf = (block) => String(member(block, 'id') ?? '');

/** The ids to which a block is related in one way. @param {any} block @param {string} type @returns {string[]} */
export const related = (block, type) =>
  (member(block, 'relationships') ?? [])
    .filter((/** @type {any} */ relationship) => member(relationship, 'type') === type)
    .flatMap((/** @type {any} */ relationship) => member(relationship, 'ids') ?? [])
    .map(String);

/** What a word says, or whether something is ticked. @param {any} block @returns {string} */
export const textOf = (block) => String(member(block, 'text') ?? member(block, 'selectionStatus') ?? '');

/** The polygon around a block, or else its box; none that lacks a number. @param {any} block @returns {Area|undefined} */
export const areaOf = (block) => {
  const geometry = member(block, 'geometry');
  const corners = [polygon(member(geometry, 'polygon')), rectangle(member(geometry, 'boundingBox'))];
  return corners.find((area) => area.length > 2 && area.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)));
};

/** @param {any} points @returns {Corner[]} */
const polygon = (points) =>
  Array.isArray(points) ? points.map((point) => ({ x: toNumber(member(point, 'x')), y: toNumber(member(point, 'y')) })) : [];

/** @param {any} box @returns {Corner[]} */
const rectangle = (box) => {
  const [left, top, width, height] = ['left', 'top', 'width', 'height'].map((name) => toNumber(member(box, name)));
  const [right, bottom] = [left + width, top + height];
  return [{ x: left, y: top }, { x: right, y: top }, { x: right, y: bottom }, { x: left, y: bottom }];
};

/** Null and blank are no numbers here. @param {any} value */
const toNumber = (value) => (value === null || value === '' ? NaN : Number(value));
