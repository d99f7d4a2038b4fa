import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReader } from '#elements/shapes/answer.js';
import { t } from '#support/bench.js';

const SIZE = { width: 400, height: 300 };
const OUTLINE = { list: 'polygons', closed: true, least: 3, most: 100, simple: true };
const POINT = { list: 'keypoints', closed: false, least: 1, most: 1, simple: false };
const reading = (kind, ...items) => createReader(kind, t)(items, ['a'], SIZE);
const outline = (...numbers) => ({ label: 'a', vertices: numbers.flatMap((x, index) => (index % 2 ? [] : [{ x, y: numbers[index + 1] }])) });

test('vertices are whole pixels; what lies outside goes to the nearest border, and is told', () => {
  const { shapes, remarks } = reading(OUTLINE, outline(-5, 0, 10.4, 0, 10, '10.6'));

  assert.deepEqual(shapes, [{ label: 'a', shape: [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 11 }] }]);
  assert.deepEqual(remarks, ['remark.clipped count=1']);
});

test('a vertex that is said twice is one, also the first that is said last', () => {
  assert.deepEqual(reading(OUTLINE, outline(0, 0, 10, 0, 10, 0, 10, 10, 0, 0)).shapes[0].shape, [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }]);
});

test('what is no outline of this image is not drawn', () => {
  const none = [
    outline(0, 0, 10, 0), outline(0, 0, 10, 0, 20, 0), outline(900, 900, 950, 900, 950, 950), outline(0, 0, 10, null, 10, 10),
    { label: 'a' }, { label: 'a', vertices: 'x' }, { label: 'a', vertices: [null, 1, 'x'] }, null, outline(...Array(202).fill(1)),
  ];

  assert.deepEqual(reading(OUTLINE, ...none), { shapes: [], remarks: [`remark.empty count=${none.length}`] });
});

test('a point is read from its item', () => {
  assert.deepEqual(reading(POINT, { label: 'a', x: 3, y: '4' }, { label: 'a', x: '', y: 4 }).shapes, [{ label: 'a', shape: [{ x: 3, y: 4 }] }]);
});
