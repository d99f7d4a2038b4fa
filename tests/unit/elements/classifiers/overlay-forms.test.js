import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readOverlay } from '#elements/classifiers/overlay-forms.js';
import { colour } from '#elements/drawing/colours.js';

const BOX = { label: 'cup', left: 1, top: 2, width: 3, height: 4 };

test('boxes, with the colours of their labels', () => {
  assert.deepEqual(readOverlay({ boundingBox: { labels: ['mug', 'cup'], value: [{ ...BOX, left: '1' }] } }), {
    boxes: [{ box: BOX, index: 1 }], mask: '', legend: [{ label: 'mug', paint: colour(0) }, { label: 'cup', paint: colour(1) }],
  });
});

test('a label that is not in the list is added to it, once', () => {
  const { legend, boxes } = readOverlay({ boundingBox: { labels: ['mug'], value: [BOX, BOX] } });

  assert.deepEqual([legend.map(({ label }) => label), boxes.map(({ index }) => index)], [['mug', 'cup'], [1, 1]]);
});

test('masks, by label or by thing', () => {
  const legend = [{ label: 'cup', paint: '#fff' }];

  assert.deepEqual(readOverlay({ semanticSegmentation: { src: 's3', labelMappings: { cup: { color: '#fff' } } } }), { boxes: [], mask: 's3', legend });
  assert.deepEqual(readOverlay({ instanceSegmentation: { src: 's3', instances: [{ label: 'cup', color: '#fff' }] } }), { boxes: [], mask: 's3', legend });
});

test('a null that a template writes for a value it lacks breaks nothing', () => {
  const nothing = { boxes: [], mask: '', legend: [] };

  assert.equal(readOverlay(null), null);
  assert.deepEqual(readOverlay({ boundingBox: { labels: null, value: null } }), nothing);
  assert.deepEqual(readOverlay({ semanticSegmentation: { src: null, labelMappings: null } }), nothing);
  assert.deepEqual(readOverlay({ instanceSegmentation: { instances: null } }), nothing);
  assert.equal(readOverlay({ instanceSegmentation: { instances: [null] } }).legend.length, 1);
  assert.equal(readOverlay({ boundingBox: { value: [null] } }).boxes.length, 1);
});

test('what is none of the three is refused in words', () => {
  for (const strange of [{}, 7, 'x', [], { boundingBox: null }]) assert.throws(() => readOverlay(strange), { name: 'TypeError', message: /^overlay: expected boundingBox/u });
});
