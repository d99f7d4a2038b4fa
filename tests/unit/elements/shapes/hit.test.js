import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hasMiddle, hit } from '#elements/shapes/hit.js';

const OUTLINE = { list: 'polygons', closed: true, least: 3, most: 100, simple: true };
const LINE = { ...OUTLINE, list: 'lines', closed: false, least: 2, most: 2 };
const POINT = { ...OUTLINE, list: 'keypoints', closed: false, least: 1, most: 1 };
const SQUARE = { id: 1, label: 'a', shape: [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 100 }, { x: 0, y: 100 }] };
const at = (x, y, { kind = OUTLINE, items = [SQUARE], selected } = { selected: SQUARE }) => hit(kind, items, selected, { x, y }, 5);

test('of the selected outline: vertices first, then the middles of edges, borders, the inside', () => {
  assert.deepEqual(at(98, 2), { what: 'vertex', annotation: SQUARE, index: 1 });
  assert.deepEqual(at(100, 52), { what: 'edge', annotation: SQUARE, index: 1 });
  assert.deepEqual(at(97, 30), { what: 'shape', annotation: SQUARE });
  assert.deepEqual(at(50, 30), { what: 'inside', annotation: SQUARE });
  assert.deepEqual(at(150, 30), { what: 'image' });
});

test('of another only the border: its inside is free for drawing', () => {
  assert.deepEqual(at(98, 2, {}), { what: 'shape', annotation: SQUARE });
  assert.deepEqual(at(50, 30, {}), { what: 'image' });
});

test('the edge from the last vertex to the first is one of an outline, and none of a line', () => {
  const open = { ...OUTLINE, closed: false };

  assert.equal(at(0, 30, {}).what, 'shape');
  assert.equal(at(0, 30, { kind: open }).what, 'image');
});

test('a path that is full has no marks for more vertices, nor has a short edge', () => {
  const line = { id: 2, label: 'a', shape: [{ x: 0, y: 0 }, { x: 100, y: 0 }] };

  assert.equal(at(50, 0, { kind: LINE, items: [line], selected: line }).what, 'shape');
  assert.equal(hasMiddle(line.shape, 0, 25), true);
  assert.equal(hasMiddle(line.shape, 0, 26), false);
});

test('of points in one place the last, which lies on top', () => {
  const points = [7, 8].map((id) => ({ id, label: 'a', shape: [{ x: 10, y: 10 }] }));

  assert.deepEqual(at(12, 10, { kind: POINT, items: points }), { what: 'shape', annotation: points[1] });
  assert.deepEqual(at(16, 10, { kind: POINT, items: points }), { what: 'image' });
});
