/** @typedef {import('./entities.js').Entity} Entity */
/**
 * One line of the text without its line end, which reaches to `until`; places are UTF-16 units.
 * @typedef {{readonly start: number, readonly text: string, readonly until: number}} Line
 */
/** A stretch of a line with the same entities throughout. @typedef {{text: string, start: number, inside: Entity[], ending: Entity[]}} Segment */

const LINE_END = /\r\n|\r|\n/gu;

/**
 * The lines of a text. Line ends belong to no line, but count in the places.
 * @param {string} text
 * @returns {Line[]}
 */
export const linesOf = (text) => {
  const lines = [];
  let start = 0;
  for (const end of text.matchAll(LINE_END)) {
    const until = end.index + end[0].length;
    lines.push({ start, text: text.slice(start, end.index), until });
    start = until;
  }
  lines.push({ start, text: text.slice(start), until: text.length });
  return lines;
};

/**
 * Cut a line wherever an entity begins or ends.
 * @param {Line} line
 * @param {readonly Entity[]} entities those that touch the line
 * @returns {Segment[]}
 */
export const segmentsOf = (line, entities) => {
  const end = line.start + line.text.length;
  const cuts = new Set([line.start, end]);
  for (const entity of entities) for (const cut of [entity.start, entity.end]) if (cut > line.start && cut < end) cuts.add(cut);
  const places = [...cuts].sort((one, other) => one - other);
  // An empty line is one empty segment: an entity may end there.
  return (places.length === 1 ? places : places.slice(0, -1)).map((start, at) => {
    const until = places[at + 1] ?? end;
    const reach = until === end ? line.until : until;
    return {
      text: line.text.slice(start - line.start, until - line.start),
      start,
      inside: entities.filter((entity) => entity.start < until && entity.end > start),
      ending: entities.filter((entity) => entity.end > start && entity.end <= reach),
    };
  });
};

/**
 * A lane for each entity, so that no two that overlap share one: the lane of its underline.
 * @param {readonly Entity[]} entities in the order of the text
 * @returns {Map<number, number>} lane by id
 */
export const lanesOf = (entities) => {
  /** @type {number[]} where each lane is free again */
  const free = [];
  const lanes = new Map();
  for (const { id, start, end } of entities) {
    const open = free.findIndex((place) => place <= start);
    const lane = open < 0 ? free.length : open;
    free[lane] = end;
    lanes.set(id, lane);
  }
  return lanes;
};
