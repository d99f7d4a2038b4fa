import { items } from '../base/json.js';
import { areaOf, idOf, member, related, textOf } from './blocks.js';
import { Words } from './words.js';

/**
 * The key-value pairs in the blocks of Textract's AnalyzeDocument.
 * @typedef {import('./words.js').Spelled & {area?: import('./blocks.js').Area}} Side
 * @typedef {{key: Side, value: Side, found: boolean}} Pair `found` is false for a key that is not in the document
 */

/**
 * @param {readonly unknown[]} blocks
 * @param {readonly unknown[]} keys the important form keys: `importantFormKey`, `importantFormKeyAliases`
 * @returns {Pair[]}
 */
export const readPairs = (blocks, keys) => {
  const all = new Map(blocks.map((block) => [idOf(block), block]));
  const found = blocks
    .filter((block) => member(block, 'blockType') === 'KEY_VALUE_SET' && items(member(block, 'entityTypes')).includes('KEY'))
    .map((block) => ({ key: side(idOf(block), [block], all), value: valueOf(block, all), found: true }));
  const texts = new Set(found.map(({ key }) => plain(key.text)));
  return [...found, ...keys.filter((key) => !namesOf(key).some((name) => texts.has(plain(name)))).map(missing)];
};

/** The texts of several blocks form one value, under the id of the first. @param {unknown} key @param {Map<string, unknown>} all */
const valueOf = (key, all) => {
  const ids = related(key, 'VALUE');
  return side(ids[0] ?? `${idOf(key)}-value`, known(ids, all), all);
};

/**
 * @param {string} id
 * @param {readonly unknown[]} blocks
 * @param {Map<string, unknown>} all
 * @returns {Side}
 */
const side = (id, blocks, all) => {
  const wordIds = blocks.flatMap((block) => related(block, 'CHILD'));
  const area = blocks.map(areaOf).find((each) => each !== undefined);
  const text = blocks.map((block) => textIn(block, all)).filter(Boolean).join(' ');
  return { id, text, area, wordIds, words: known(wordIds, all) };
};

/** The blocks of these ids that were given. @param {readonly string[]} ids @param {Map<string, unknown>} all */
const known = (ids, all) => ids.filter((id) => all.has(id)).map((id) => all.get(id));

/** @param {unknown} block @param {Map<string, unknown>} all */
const textIn = (block, all) => {
  const own = member(block, 'text');
  return typeof own === 'string' ? own : related(block, 'CHILD').map((id) => textOf(all.get(id))).filter(Boolean).join(' ');
};

/** @param {unknown} key @returns {string[]} */
const namesOf = (key) =>
  typeof key === 'string' ? [key] : [member(key, 'importantFormKey') ?? '', ...items(member(key, 'importantFormKeyAliases'))].map(String);

/** A key without the signs that forms put around it. @param {string} text */
const plain = (text) => text.toLowerCase().replaceAll(/[\s:：.]+/gu, ' ').trim();

/** @param {unknown} key @param {number} index @returns {Pair} */
const missing = (key, index) => {
  const number = index + 1;
  const nothing = { words: [], wordIds: [] };
  return { found: false, key: { id: `added-key-${number}`, text: namesOf(key)[0], ...nothing }, value: { id: `added-value-${number}`, text: '', ...nothing } };
};

/**
 * The blocks of pairs as the answer has them: with the current texts, without geometry and confidence. The blocks
 * of their words follow, so that each id leads to a block of the answer.
 * @param {readonly {pair: Pair, texts: {key: string, value: string}}[]} answers
 * @param {ReadonlySet<string>} given the ids of the blocks that were given
 * @returns {Record<string, unknown>[]}
 */
export const toBlocks = (answers, given) => {
  const words = new Words(given);
  const sets = answers.flatMap(({ pair: { key, value }, texts }) => [
    set('KEY', key, texts.key, words, [{ ids: [value.id], type: 'VALUE' }]),
    set('VALUE', value, texts.value, words, []),
  ]);
  return [...sets, ...words.blocks];
};

/**
 * @param {'KEY'|'VALUE'} kind
 * @param {Side} one
 * @param {string} text
 * @param {Words} words
 * @param {{ids: string[], type: string}[]} links
 */
const set = (kind, one, text, words, links) => {
  const ids = words.spell(one, text);
  const relationships = ids.length === 0 ? links : [...links, { ids, type: 'CHILD' }];
  return { blockType: 'KEY_VALUE_SET', entityTypes: [kind], id: one.id, relationships, text };
};
