import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crosses } from '#elements/shapes/crossing.js';
import { bend, drop, longest, split } from '#elements/shapes/edits.js';
import { edges } from '#elements/shapes/path.js';
import { forAll } from '#support/random.js';

const OUTLINE = { list: 'polygons', closed: true, least: 3, most: 6, simple: true };
const LINE = { list: 'polylines', closed: false, least: 2, most: 6, simple: false };
const SQUARE = [{ x: 0, y: 0 }, { x: 10, y: 0 }, { x: 10, y: 10 }, { x: 0, y: 10 }];
const crossed = (path) => crosses(path, true, Array.from({ length: edges(path, true) }, (_, edge) => edge));

test('a vertex goes elsewhere, but not where edges of an outline would meet', () => {
  assert.deepEqual(bend(OUTLINE, SQUARE, 0, { x: 2, y: 1 }), { path: [{ x: 2, y: 1 }, ...SQUARE.slice(1)] });
  assert.deepEqual(bend(OUTLINE, SQUARE, 0, { x: 15, y: 5 }), { refused: 'crossing' });
  assert.ok('path' in bend(LINE, SQUARE, 0, { x: 15, y: 5 }));
});

test('two neighbours in one place are nothing', () => {
  assert.deepEqual(bend(OUTLINE, SQUARE, 0, SQUARE[3]), { refused: 'nothing' });
  assert.deepEqual(split(LINE, SQUARE, 0, SQUARE[1]), { refused: 'nothing' });
});

test('as many vertices as the kind has', () => {
  const most = [{ x: 5, y: -5 }, ...SQUARE, { x: -5, y: 5 }];

  assert.deepEqual(split(OUTLINE, SQUARE, 3, { x: 0, y: 5 }), { path: [...SQUARE, { x: 0, y: 5 }] });
  assert.deepEqual(split(OUTLINE, most, 0, { x: 1, y: 1 }), { refused: 'nothing' });
  assert.deepEqual(drop(OUTLINE, SQUARE, 1), { path: [SQUARE[0], SQUARE[2], SQUARE[3]] });
  assert.deepEqual(drop(OUTLINE, SQUARE.slice(1), 1), { refused: 'too-few' });
});

test('an outline that crosses itself already can be put right step by step', () => {
  const bow = [{ x: 0, y: 0 }, { x: 10, y: 10 }, { x: 10, y: 0 }, { x: 0, y: 10 }];
  const still = bend(OUTLINE, bow, 0, { x: 1, y: 0 });
  assert.ok('path' in still && crossed(still.path));
  const right = bend(OUTLINE, bow, 1, { x: 5, y: -5 });

  assert.ok('path' in right && !crossed(right.path));
});

test('the longest edge', () => {
  const path = [{ x: 0, y: 0 }, { x: 3, y: 0 }, { x: 3, y: 7 }, { x: 0, y: 20 }];

  assert.equal(longest(OUTLINE, path), 3);
  assert.equal(longest(LINE, path), 2);
});

test('no edit makes a crossing of an outline that has none', () => {
  forAll(1000, (random) => {
    const point = () => ({ x: random.int(0, 12), y: random.int(0, 12) });
    let path = [{ x: 0, y: 0 }, { x: 12, y: 0 }, { x: 6, y: 12 }];
    for (let step = 0; step < 12; step += 1) {
      const at = random.int(0, path.length - 1);
      const edit = random.pick([() => bend(OUTLINE, path, at, point()), () => split(OUTLINE, path, at, point()), () => drop(OUTLINE, path, at)])();
      if ('path' in edit) path = edit.path;
      assert.equal(crossed(path), false, JSON.stringify(path));
      assert.ok(path.length >= OUTLINE.least && path.length <= OUTLINE.most);
    }
  });
});
