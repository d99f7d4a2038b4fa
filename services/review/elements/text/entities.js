import { member } from '../base/json.js';

/**
 * A marked stretch of the text. Places are UTF-16 units, `end` exclusive; `id` stays while the label changes.
 * @typedef {{readonly id: number, readonly label: string, readonly start: number, readonly end: number}} Entity
 */

/** @typedef {import('./code-points.js').CodePoints} CodePoints */

/** @param {Entity} one @param {Entity} other */
const inOrder = (one, other) => one.start - other.start || one.end - other.end || (one.label < other.label ? -1 : 1);

/** @param {Entity} one @param {Entity} other */
const same = (one, other) => one.label === other.label && one.start === other.start && one.end === other.end;

/**
 * The entities and one more, in the order of the text. The same stretch may have several labels, but each only once.
 * @param {readonly Entity[]} entities
 * @param {Entity} entity
 * @returns {readonly Entity[]}
 */
export const withEntity = (entities, entity) =>
  entities.some((other) => same(other, entity)) ? entities : [...entities, entity].sort(inOrder);

/**
 * @param {readonly Entity[]} entities
 * @param {number} id
 * @returns {readonly Entity[]}
 */
export const withoutEntity = (entities, id) => entities.filter((entity) => entity.id !== id);

/**
 * The entities with another label for one of them; if that stretch already has the label, the two become one.
 * @param {readonly Entity[]} entities
 * @param {number} id
 * @param {string} label
 * @returns {readonly Entity[]}
 */
export const relabelled = (entities, id, label) => {
  const found = entities.find((entity) => entity.id === id);
  if (!found || found.label === label) return entities;
  const next = { ...found, label };
  const others = entities.filter((entity) => entity.id !== id && !same(entity, next));
  return [...others, next].sort(inOrder);
};

/**
 * Whether two lists mark the same.
 * @param {readonly Entity[]} some
 * @param {readonly Entity[]} others
 */
export const alike = (some, others) => some.length === others.length && some.every((entity, at) => same(entity, others[at]));

/**
 * The shortest entity around a place; of equal ones the first.
 * @param {readonly Entity[]} entities
 * @param {number} place
 * @returns {Entity|undefined}
 */
export const innermost = (entities, place) => {
  const around = entities.filter((entity) => entity.start <= place && place <= entity.end);
  return around.sort((one, other) => one.end - one.start - (other.end - other.start))[0];
};

/**
 * The entities as answers have them: characters, `endOffset` exclusive.
 * @param {readonly Entity[]} entities
 * @param {CodePoints} points
 */
export const toAnswer = (entities, points) =>
  entities.map(({ label, start, end }) => ({
    label,
    startOffset: points.ofUnit(start),
    endOffset: points.ofUnit(end),
  }));

/**
 * Entities from a page or an earlier answer. An entity outside this text, or with a label that is not offered, is left
 * out and counted.
 * @param {readonly unknown[]} given
 * @param {readonly string[]} labels
 * @param {CodePoints} points
 * @param {() => number} nextId
 * @returns {{entities: readonly Entity[], refused: number}}
 */
export const fromAnswer = (given, labels, points, nextId) => {
  /** @type {readonly Entity[]} */
  let entities = [];
  let refused = 0;
  for (const item of given) {
    const [start, end] = [Number(member(item, 'startOffset')), Number(member(item, 'endOffset'))];
    const within = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= points.count;
    const label = labels.find((each) => each === member(item, 'label'));
    if (!within || label === undefined) {
      refused += 1;
      continue;
    }
    const place = { start: points.toUnit(start), end: points.toUnit(end) };
    entities = withEntity(entities, { id: nextId(), label, ...place });
  }
  return { entities, refused };
};
