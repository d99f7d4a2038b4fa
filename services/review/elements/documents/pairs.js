/**
 * The key-value pairs in the blocks of Textract's AnalyzeDocument, whose members may begin with either case.
 * @typedef {{left: number, top: number, width: number, height: number}} Area shares of the page
 * @typedef {{id: string, text: string, area: Area|null, block: any}} Side
 * @typedef {{key: Side, value: Side, found: boolean}} Pair `found` is false for a key that was looked for in vain
 */

/** @param {any} object @param {string} name */
const member = (object, name) => object?.[name] ?? object?.[name[0].toUpperCase() + name.slice(1)];

/** @param {any} block @param {string} type @returns {string[]} */
const related = (block, type) =>
  (member(block, 'relationships') ?? [])
    .filter((/** @type {any} */ relationship) => member(relationship, 'type') === type)
    .flatMap((/** @type {any} */ relationship) => member(relationship, 'ids') ?? []);

/** @param {any} block @param {Map<string, any>} all */
const textOf = (block, all) => {
  const own = member(block, 'text');
  if (typeof own === 'string') return own;
  const parts = related(block, 'CHILD').map((id) => {
    const child = all.get(id);
    return member(child, 'text') ?? member(child, 'selectionStatus') ?? '';
  });
  return parts.filter(Boolean).join(' ');
};

/** @param {any} block @returns {Area|null} */
const areaOf = (block) => {
  const box = member(member(block, 'geometry'), 'boundingBox');
  if (!box) return null;
  const [left, top, width, height] = ['left', 'top', 'width', 'height'].map((name) => Number(member(box, name)));
  return [left, top, width, height].every(Number.isFinite) ? { left, top, width, height } : null;
};

/** @param {any} block @param {Map<string, any>} all @returns {Side} */
const side = (block, all) => ({ id: String(member(block, 'id') ?? ''), text: textOf(block, all), area: areaOf(block), block });

/**
 * @param {any[]} blocks
 * @param {any[]} keys the important form keys: `importantFormKey`, `importantFormKeyAliases`
 * @returns {Pair[]}
 */
export const readPairs = (blocks, keys) => {
  const all = new Map(blocks.map((block) => [member(block, 'id'), block]));
  const found = blocks
    .filter((block) => member(block, 'blockType') === 'KEY_VALUE_SET' && (member(block, 'entityTypes') ?? []).includes('KEY'))
    .map((block) => ({ key: side(block, all), value: side(all.get(related(block, 'VALUE')[0]), all), found: true }));
  const known = new Set(found.map(({ key }) => plain(key.text)));
  return [...found, ...keys.filter((key) => !namesOf(key).some((name) => known.has(plain(name)))).map(missing)];
};

/** @param {any} key @returns {string[]} */
const namesOf = (key) =>
  typeof key === 'string' ? [key] : [member(key, 'importantFormKey') ?? '', ...(member(key, 'importantFormKeyAliases') ?? [])].map(String);

/** Without what forms put around a key. @param {string} text */
const plain = (text) => text.toLowerCase().replaceAll(/[\s:：.]+/gu, ' ').trim();

/** @param {any} key @param {number} index @returns {Pair} */
const missing = (key, index) => {
  const number = index + 1;
  const nothing = { area: null, block: null };
  return { found: false, key: { id: `added-key-${number}`, text: namesOf(key)[0], ...nothing }, value: { id: `added-value-${number}`, text: '', ...nothing } };
};

/**
 * The two blocks of a pair as the answer has them: with the texts as they are now, without geometry and confidence.
 * @param {Pair} pair
 * @param {{key: string, value: string}} texts
 */
export const toBlocks = ({ key, value }, texts) => {
  const link = [{ ids: [value.id], type: 'VALUE' }];
  return [
    { blockType: 'KEY_VALUE_SET', entityTypes: ['KEY'], id: key.id, relationships: member(key.block, 'relationships') ?? link, text: texts.key },
    { blockType: 'KEY_VALUE_SET', entityTypes: ['VALUE'], id: value.id, relationships: member(value.block, 'relationships') ?? [], text: texts.value },
  ].filter(({ id }) => id !== '');
};
