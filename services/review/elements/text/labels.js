import { member } from '../base/json.js';

/** @typedef {{readonly label: string, readonly short: string, readonly full: string, readonly key: string}} Label */

/** Keys of the labels, in their order. */
const KEYS = '1234567890abcdefghijklmnopqrstuvwxyz';

/**
 * The labels a page offers: texts, or objects that need only `label`.
 * @param {readonly unknown[]} given
 * @returns {readonly Label[]}
 * @throws {TypeError} when an entry has no label
 */
export const readLabels = (given) => {
  /** @type {Map<string, Label>} */
  const labels = new Map();
  for (const item of given) {
    const label = typeof item === 'string' ? item : member(item, 'label');
    if (typeof label !== 'string' || label === '') throw new TypeError(`labels: "label" is missing in ${JSON.stringify(item)}`);
    const full = String(member(item, 'fullDisplayName') || label);
    const key = labels.has(label) ? '' : KEYS[labels.size] ?? '';
    if (!labels.has(label)) labels.set(label, { label, short: String(member(item, 'shortDisplayName') || full), full, key });
  }
  return [...labels.values()];
};
