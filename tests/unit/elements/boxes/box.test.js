import assert from 'node:assert/strict';
import { test } from 'node:test';
import { between, clip, contains, isEmpty, middle, move, onBorder, same, settle, snap } from '#elements/boxes/box.js';
import { forAll } from '#support/random.js';

const BOX = { left: 100, top: 80, width: 60, height: 40 }; // right 160, bottom 120
const SIZE = { width: 400, height: 300 };

const anyBox = (random) => ({
  left: random.int(-500, 900) / 2, top: random.int(-500, 900) / 2, width: random.int(0, 900) / 2, height: random.int(0, 900) / 2,
});

test('a box between two corners, in whichever order', () => {
  assert.deepEqual(between({ x: 9, y: 2 }, { x: 4, y: 8 }), { left: 4, top: 2, width: 5, height: 6 });
  assert.deepEqual(between({ x: 4, y: 8 }, { x: 9, y: 2 }), { left: 4, top: 2, width: 5, height: 6 });
});

test('each edge goes to the nearest pixel by itself, so a width is never rounded on its own', () => {
  assert.deepEqual(snap({ left: 0.4, top: 0.6, width: 10.2, height: 10.2 }), { left: 0, top: 1, width: 11, height: 10 });
});

test('what lies outside the image is cut off', () => {
  assert.deepEqual(clip({ left: -5, top: 290, width: 30, height: 30 }, SIZE), { left: 0, top: 290, width: 25, height: 10 });
  assert.deepEqual(clip({ left: 500, top: 0, width: 9, height: 9 }, SIZE), { left: 400, top: 0, width: 0, height: 9 });
  assert.deepEqual(settle({ left: 399.6, top: 0, width: 9, height: 9 }, SIZE), { left: 400, top: 0, width: 0, height: 9 });
});

test('the borders of the image stop a box that is moved', () => {
  assert.deepEqual(move(BOX, { x: 1000, y: -1000 }, SIZE), { ...BOX, left: 340, top: 0 });
  assert.deepEqual(move(BOX, { x: 0.6, y: 0.2 }, SIZE), { ...BOX, left: 101 });
});

test('a box in the middle of another has at least one pixel', () => {
  assert.deepEqual(middle({ left: 0, top: 0, width: 100, height: 50 }, 0.2), { left: 40, top: 20, width: 20, height: 10 });
  assert.deepEqual(middle({ left: 3, top: 3, width: 1, height: 1 }, 0.2), { left: 3, top: 3, width: 1, height: 1 });
});

test('a box without a side is empty', () => {
  assert.equal(isEmpty({ ...BOX, width: 0 }), true);
  assert.equal(isEmpty({ ...BOX, height: Number.NaN }), true);
  assert.equal(isEmpty(BOX), false);
});

test('the border of a box reaches inwards and outwards', () => {
  assert.equal(onBorder(BOX, { x: 103, y: 100 }, 4), true);
  assert.equal(onBorder(BOX, { x: 97, y: 100 }, 4), true);
  assert.equal(onBorder(BOX, { x: 130, y: 100 }, 4), false);
  assert.equal(onBorder(BOX, { x: 94, y: 100 }, 4), false);
});

test('any box settles on whole pixels inside the image, and stays there', () => {
  forAll(500, (random) => {
    const box = settle(anyBox(random), SIZE);

    assert.ok(Object.values(box).every(Number.isInteger), JSON.stringify(box));
    assert.ok(box.left >= 0 && box.top >= 0 && box.left + box.width <= SIZE.width && box.top + box.height <= SIZE.height, JSON.stringify(box));
    assert.ok(box.width >= 0 && box.height >= 0);
    assert.deepEqual(settle(box, SIZE), box);
  });
});

test('a point lies in the clipped box only if it lies in the box and the image', () => {
  const image = { left: 0, top: 0, ...SIZE };
  forAll(500, (random) => {
    const box = anyBox(random);
    const point = { x: random.int(-100, 500), y: random.int(-100, 400) };
    if (isEmpty(clip(box, SIZE))) return;

    assert.equal(contains(clip(box, SIZE), point), contains(box, point) && contains(image, point));
  });
});

test('a box that is moved keeps its size and stays in the image; there and back is nothing where no border stops it', () => {
  forAll(500, (random) => {
    const box = settle({ left: random.int(50, 300), top: random.int(50, 200), width: random.int(1, 50), height: random.int(1, 50) }, SIZE);
    const delta = { x: random.int(-50, 50), y: random.int(-50, 50) };
    const far = move(box, { x: delta.x * 100, y: delta.y * 100 }, SIZE);

    assert.deepEqual(far, settle(far, SIZE));
    assert.deepEqual([far.width, far.height], [box.width, box.height]);
    assert.ok(same(move(move(box, delta, SIZE), { x: -delta.x, y: -delta.y }, SIZE), box));
  });
});
