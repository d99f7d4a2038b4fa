import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readInitial } from '#elements/drawing/initial.js';
import { t } from '#support/bench.js';

const read = (item) => (typeof item?.at === 'number' ? { shape: item.at, clipped: item.at > 100 } : undefined);
const reading = (value) => readInitial(value, { name: 'shapes', labels: ['a', 'b'], read, t });

test('a list, or an answer that holds one', () => {
  const expected = [{ label: 'a', shape: 1 }];

  assert.deepEqual(reading([{ label: 'a', at: 1 }]).shapes, expected);
  assert.deepEqual(reading({ shapes: [{ label: 'a', at: 1 }], inputImageProperties: {} }).shapes, expected);
});

test('what cannot be read is no shape and no error', () => {
  for (const value of [undefined, null, 0, 'x', {}, { shapes: 'x' }, [null, undefined, 1, 'x', []]]) assert.deepEqual(reading(value).shapes, []);
});

test('each reason is told once, with its count', () => {
  const { shapes, remarks } = reading([{ label: 'a' }, { label: 'z', at: 1 }, { label: 'y', at: 1 }, { label: 'z', at: 1 }, { label: 'a', at: 101 }]);

  assert.deepEqual(shapes, [{ label: 'a', shape: 101 }]);
  assert.deepEqual(remarks, [
    'remark.empty count=1',
    'remark.unknown count=3 labels=quoted text=zcommaquoted text=y',
    'remark.clipped count=1',
  ]);
});

test('unknown labels are named up to five, and cut where they are long', () => {
  const { remarks: [remark] } = reading([...'cdefghi'].map((letter) => ({ label: letter.repeat(50), at: 1 })));

  assert.ok(remark.includes(`text=${'g'.repeat(40)}…`));
  assert.ok(!remark.includes('h') && remark.endsWith('comma…'), remark);
});

test('scores are shares, or percent if one of them is above 1', () => {
  const scores = (...given) => reading(given.map((score) => ({ label: 'a', at: 1, ...score }))).shapes.map(({ score }) => score);

  assert.deepEqual(scores({ score: 0.5 }, { confidence: '1' }, {}), [50, 100, undefined]);
  assert.deepEqual(scores({ score: 0.5 }, { confidence: 90 }), [0.5, 90]);
  assert.deepEqual(scores({ score: -1 }, { score: 101 }, { score: 'high' }), [undefined, undefined, undefined]);
});

test('no more than a thousand are drawn', () => {
  const { shapes, remarks } = reading(Array.from({ length: 1003 }, () => ({ label: 'b', at: 1 })));

  assert.equal(shapes.length, 1000);
  assert.deepEqual(remarks, ['remark.over count=3 most=1000']);
});
