import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isEmpty, settle } from '#elements/boxes/box.js';
import { HANDLES, cursor, handleAt, handlePoint, resize } from '#elements/boxes/handles.js';
import { forAll } from '#support/random.js';

const BOX = { left: 100, top: 80, width: 60, height: 40 }; // right 160, bottom 120
const SIZE = { width: 400, height: 300 };
const edges = ({ left, top, width, height }) => [left, top, left + width, top + height];

test('each handle moves its own edges', () => {
  const moved = Object.fromEntries(HANDLES.map((handle) => [handle, edges(resize(BOX, handle, { x: 5, y: 7 }, SIZE))]));

  assert.deepEqual(moved, {
    nw: [105, 87, 160, 120],
    n: [100, 87, 160, 120],
    ne: [100, 87, 165, 120],
    e: [100, 80, 165, 120],
    se: [100, 80, 165, 127],
    s: [100, 80, 160, 127],
    sw: [105, 80, 160, 127],
    w: [105, 80, 160, 120],
  });
});

test('a handle dragged over the opposite edge turns the box round', () => {
  assert.deepEqual(resize(BOX, 'se', { x: -90, y: -70 }, SIZE), { left: 70, top: 50, width: 30, height: 30 });
});

test('a handle stops at the border of the image', () => {
  assert.deepEqual(resize(BOX, 'nw', { x: -999, y: -999 }, SIZE), { left: 0, top: 0, width: 160, height: 120 });
});

test('the handle under a point: corners first, then the whole of each edge', () => {
  const found = [[100, 80], [130, 82], [158, 119], [97, 100], [130, 100], [90, 100]].map(([x, y]) => handleAt(BOX, { x, y }, 6));

  assert.deepEqual(found, ['nw', 'n', 'se', 'w', undefined, undefined]);
});

test('the middle of a small box is no handle', () => {
  const small = { left: 10, top: 10, width: 8, height: 8 };

  assert.equal(handleAt(small, { x: 14, y: 14 }, 20), undefined);
  assert.equal(handleAt(small, { x: 0, y: 0 }, 20), 'nw');
});

test('where a handle is shown it is also taken, and its cursor tells its direction', () => {
  for (const handle of HANDLES) assert.equal(handleAt(BOX, handlePoint(BOX, handle), 3), handle);
  assert.equal(cursor('sw'), 'sw-resize');
});

test('whatever is dragged, the box is in the image and the edges that no handle holds stay', () => {
  forAll(500, (random) => {
    const box = settle({ left: random.int(0, 390), top: random.int(0, 290), width: random.int(1, 200), height: random.int(1, 200) }, SIZE);
    const handle = random.pick(HANDLES);
    const next = resize(box, handle, { x: random.int(-900, 900) / 2, y: random.int(-900, 900) / 2 }, SIZE);
    const [before, after] = [edges(box), edges(next)];

    assert.deepEqual(next, settle(next, SIZE));
    if (!handle.includes('w') && !isEmpty(next)) assert.ok(after.includes(before[0]), `${handle}: left`);
    if (!handle.includes('e') && !isEmpty(next)) assert.ok(after.includes(before[2]), `${handle}: right`);
    if (!/[ns]/u.test(handle)) assert.deepEqual([after[1], after[3]], [before[1], before[3]]);
    if (!/[ew]/u.test(handle)) assert.deepEqual([after[0], after[2]], [before[0], before[2]]);
  });
});
