import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaOf, related, textOf } from '#elements/documents/blocks.js';
import { readPairs, toBlocks } from '#elements/documents/pairs.js';

const BLOCKS = [
  { BlockType: 'KEY_VALUE_SET', EntityTypes: ['KEY'], Id: 'k', Relationships: [{ Type: 'VALUE', Ids: ['v'] }, { Type: 'CHILD', Ids: ['a', 'b'] }] },
  { BlockType: 'KEY_VALUE_SET', EntityTypes: ['VALUE'], Id: 'v', Relationships: [{ Type: 'CHILD', Ids: ['c'] }] },
  { BlockType: 'WORD', Id: 'a', Text: 'I' },
  { BlockType: 'WORD', Id: 'b', Text: 'agree' },
  { BlockType: 'SELECTION_ELEMENT', Id: 'c', SelectionStatus: 'SELECTED' },
];
const ids = new Set(BLOCKS.map(({ Id }) => Id));
const answered = (pairs, change = (texts) => texts) =>
  toBlocks(pairs.map((pair) => ({ pair, texts: change({ key: pair.key.text, value: pair.value.text }) })), ids);

test('pairs as Textract writes them, whose texts are in their words; keys that were looked for in vain follow', () => {
  const pairs = readPairs(BLOCKS, ['Other', { importantFormKey: 'x', importantFormKeyAliases: ['I AGREE:'] }]);

  assert.deepEqual(pairs.map(({ key, value, found }) => [key.text, value.text, found]), [['I agree', 'SELECTED', true], ['Other', '', false]]);
});

test('an answer leads from each id to a block, and keeps the words that were left as they are', () => {
  const blocks = answered(readPairs(BLOCKS, []));

  assert.deepEqual(blocks.map(({ id, blockType }) => `${id} ${blockType}`), ['k KEY_VALUE_SET', 'v KEY_VALUE_SET', 'a WORD', 'b WORD', 'c SELECTION_ELEMENT']);
  const known = new Set(blocks.map(({ id }) => id));
  for (const { relationships = [] } of blocks) for (const { ids: links } of relationships) for (const id of links) assert.ok(known.has(id), id);
});

test('a text that was changed is spelled by its words, by the old ids as far as they go', () => {
  const blocks = answered(readPairs(BLOCKS, []), ({ value }) => ({ key: 'I do not', value: value === 'SELECTED' ? 'NOT_SELECTED' : value }));
  const words = blocks.filter(({ blockType }) => blockType === 'WORD').map(({ id, text }) => [id, text]);

  assert.deepEqual(words, [['a', 'I'], ['b', 'do'], ['k-word-3', 'not']]);
  assert.equal(blocks.find(({ id }) => id === 'c').selectionStatus, 'NOT_SELECTED');
});

test('what is read from an answer is the answer again', () => {
  const first = answered(readPairs(BLOCKS, ['Other']), ({ key, value }) => ({ key, value: value || 'found by hand' }));

  assert.deepEqual(answered(readPairs(first, [])), first);
});

test('blocks without what one expects are read as far as they go', () => {
  const strange = [null, 7, {}, { BlockType: 'KEY_VALUE_SET', EntityTypes: ['KEY'] }, { blockType: 'KEY_VALUE_SET', entityTypes: ['KEY'], id: 'q', relationships: [{ type: 'VALUE' }, null] },
    { blockType: 'KEY_VALUE_SET', entityTypes: ['KEY'], id: 'r', text: 'R', relationships: 'none' }, { blockType: 'KEY_VALUE_SET', entityTypes: 7 }];

  assert.deepEqual(readPairs(strange, [null, { importantFormKeyAliases: 3 }]).map(({ key, value }) => [key.text, value.text, value.id]),
    [['', '', '-value'], ['', '', 'q-value'], ['R', '', 'r-value']]);
});

test('the area of a block: its polygon, or else its box, and none that lacks a number', () => {
  const box = { Left: 0.1, Top: 0.2, Width: 0.3, Height: 0.4 };
  const triangle = [{ X: 0, Y: 0 }, { X: 1, Y: 0 }, { X: 1, Y: 1 }];

  assert.deepEqual(areaOf({ Geometry: { Polygon: triangle, BoundingBox: box } }), [{ x: 0, y: 0 }, { x: 1, y: 0 }, { x: 1, y: 1 }]);
  assert.equal(areaOf({ geometry: { polygon: [{ x: 0 }], boundingBox: { left: 0.1, top: 0.2, width: 0.3, height: 0.4 } } })?.length, 4);
  for (const none of [undefined, {}, { Geometry: null }, { Geometry: { BoundingBox: { ...box, Top: null } } }]) assert.equal(areaOf(none), undefined);
});

test('members may begin with either case', () => {
  assert.equal(textOf({ text: 'a' }), textOf({ Text: 'a' }));
  assert.deepEqual(related({ relationships: [{ Type: 'CHILD', ids: [1, 'b'] }] }, 'CHILD'), ['1', 'b']);
});
