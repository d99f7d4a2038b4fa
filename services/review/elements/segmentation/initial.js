import { items, member, members } from '../base/json.js';
import { readColours } from '../drawing/colours.js';
import { MOST_SEGMENTS, emptyMask } from './mask.js';
import { MaskError, readMask } from './mask-reader.js';

/**
 * @typedef {import('../drawing/geometry.js').Size} Size
 * @typedef {import('./segmentation-bench.js').Segment} Segment
 * @typedef {import('./segmentation-bench.js').State} State
 * @typedef {{shapes: State, remarks: string[]}} Initial
 */

/** From this share of the image on, colours of no segment get a remark. */
const STRANGE_FROM = 0.001;

/**
 * Make the reader of a tool's initial values: `{<segments>, src}` with the address of a picture, or an answer
 * `{<segments>, labeledImage: {pngImageData}}` that is restored.
 * @param {import('../drawing/bench.js').Texts} t
 * @param {(value: unknown) => {label: string, color: unknown}[]} segmentsIn
 */
export const initialReader = (t, segmentsIn) =>
  /**
   * @param {unknown} value
   * @param {string[]} labels
   * @param {Size} size
   * @returns {Promise<Initial>}
   */
  async (value, labels, size) => {
    const nothing = { tiles: emptyMask(size), segments: [] };
    if (value === undefined || value === null) return { shapes: nothing, remarks: [] };
    const png = member(member(value, 'labeledImage'), 'pngImageData');
    const address = png ? `data:image/png;base64,${png}` : member(value, 'src');
    if (!address) throw new TypeError(t('initial.not'));
    const { segments, remarks } = known(t, segmentsIn(value), labels);
    try {
      const { tiles, strange } = await readMask(String(address), segments, size);
      if (strange > STRANGE_FROM) remarks.push(t('remark.strange', { share: Math.max(1, Math.round(strange * 100)) }));
      return { shapes: { tiles, segments }, remarks };
    } catch (error) {
      if (!(error instanceof MaskError)) throw error;
      return { shapes: nothing, remarks: [t('remark.unread')] };
    }
  };

/**
 * The segments with a known label and a readable colour, and remarks about the others.
 * @param {import('../drawing/bench.js').Texts} t
 * @param {{label: string, color: unknown}[]} given
 * @param {string[]} labels
 */
const known = (t, given, labels) => {
  const colours = readColours(given.map(({ color }) => color));
  /** @type {Map<string, Segment>} */
  const segments = new Map();
  const unknown = new Set();
  given.forEach(({ label }, index) => {
    const color = colours[index]?.toLowerCase();
    if (!labels.includes(label)) unknown.add(t('quoted', { text: label }));
    else if (color && segments.size < MOST_SEGMENTS && !segments.has(color)) segments.set(color, { label, color });
  });
  const remarks = unknown.size > 0 ? [t('remark.unknown', { count: unknown.size, labels: [...unknown].join(t('comma')) })] : [];
  return { segments: [...segments.values()], remarks };
};

/** @param {unknown} value */
export const semanticSegments = (value) =>
  members(member(value, 'labelMappings')).map(([label, mapping]) => ({ label, color: member(mapping, 'color') }));

/** @param {unknown} value */
export const instanceSegments = (value) =>
  items(member(value, 'instances')).map((instance) => ({ label: String(member(instance, 'label')), color: member(instance, 'color') }));
