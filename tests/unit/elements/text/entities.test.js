import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodePoints } from '#elements/text/code-points.js';
import { fromAnswer, innermost, relabelled, toAnswer, withEntity } from '#elements/text/entities.js';
import { readLabels } from '#elements/text/labels.js';
import { forAll } from '#support/random.js';

const TEXT = 'ab🐄de';
const entity = (id, label, start, end) => ({ id, label, start, end });

test('what is no stretch of the text is refused, and what is said twice is one', () => {
  const good = { label: 'A', startOffset: 0, endOffset: 5 };
  const strange = [
    { label: 'A', startOffset: 3, endOffset: 3 }, { label: 'A', startOffset: -1, endOffset: 3 }, { label: 'A', startOffset: 0, endOffset: 6 },
    { label: 'A', startOffset: 0.5, endOffset: 3 }, { label: 'A', startOffset: null, endOffset: 'x' }, { label: 'other', startOffset: 0, endOffset: 1 }, null, 7, 'x',
  ];
  for (const bad of strange) {
    const { entities, refused } = fromAnswer([bad, good, good], ['A'], new CodePoints(TEXT), () => 1);
    assert.deepEqual([entities.map(({ start, end }) => [start, end]), refused], [[[0, 6]], 1], JSON.stringify(bad));
  }
});

test('an answer that is read and written is the same, in the order of the text', () => {
  forAll(200, (random) => {
    const points = new CodePoints(TEXT);
    const answer = random.list(6, () => {
      const startOffset = random.int(0, 4);
      return { label: random.pick(['A', 'B']), startOffset, endOffset: random.int(startOffset + 1, 5) };
    });
    const written = toAnswer(fromAnswer(answer, ['A', 'B'], points, () => 1).entities, points);
    const key = ({ label, startOffset, endOffset }) => `${startOffset} ${endOffset} ${label}`;

    assert.deepEqual(written.map(key), [...new Set(answer.map(key))].sort());
  });
});

test('a stretch may have several labels, each once', () => {
  const one = [entity(1, 'A', 0, 2)];

  assert.equal(withEntity(one, entity(2, 'A', 0, 2)), one);
  assert.equal(withEntity(one, entity(2, 'B', 0, 2)).length, 2);
  assert.deepEqual(relabelled([entity(1, 'A', 0, 2), entity(2, 'B', 0, 2)], 1, 'B'), [entity(1, 'B', 0, 2)]);
  assert.equal(relabelled(one, 1, 'A'), one);
  assert.equal(relabelled(one, 9, 'B'), one);
});

test('the innermost entity around a place', () => {
  const entities = [entity(1, 'A', 0, 6), entity(2, 'A', 1, 3), entity(3, 'B', 1, 3)];

  assert.deepEqual([innermost(entities, 2)?.id, innermost(entities, 5)?.id, innermost(entities, 7)?.id], [2, 1, undefined]);
});

test('labels: texts, or objects of which only the label must be there', () => {
  const read = (...given) => readLabels(given).map(({ label, short, full, key }) => [label, short, full, key]);

  assert.deepEqual(read('A', { label: 'B', shortDisplayName: 'b' }, { label: 'A' }), [['A', 'A', 'A', '1'], ['B', 'b', 'B', '2']]);
  assert.deepEqual(read({ label: 'C', fullDisplayName: 'See', longDisplayName: 'x' }), [['C', 'See', 'See', '1']]);
  for (const bad of [{ fullDisplayName: 'none' }, 3, null, '', {}]) assert.throws(() => read(bad), { name: 'TypeError', message: /"label" is missing/u });
});

test('the first labels have keys: digits, then letters, and no more', () => {
  const keys = readLabels(Array.from({ length: 40 }, (_, index) => `label ${index}`)).map(({ key }) => key);

  assert.equal(keys.join(''), '1234567890abcdefghijklmnopqrstuvwxyz');
});
