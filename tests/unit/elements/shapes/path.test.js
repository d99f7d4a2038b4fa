import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounds, contains, distance, distanceToEdge, edges, ends, middle, move, same, settle } from '#elements/shapes/path.js';
import { forAll } from '#support/random.js';

const SIZE = { width: 40, height: 30 };
const SQUARE = [{ x: 10, y: 10 }, { x: 20, y: 10 }, { x: 20, y: 20 }, { x: 10, y: 20 }];
const anyPath = (random, least = 1) =>
  Array.from({ length: random.int(least, 8) }, () => ({ x: random.int(0, SIZE.width), y: random.int(0, SIZE.height) }));

test('a vertex is a whole pixel, and may lie on the far border of the image', () => {
  assert.deepEqual(settle({ x: 40.4, y: -3 }, SIZE), { x: 40, y: 0 });
  assert.deepEqual(settle({ x: 99, y: 29.5 }, SIZE), { x: 40, y: 30 });
});

test('edges: one fewer than the vertices of a line, as many as those of an outline', () => {
  assert.deepEqual([edges(SQUARE, true), edges(SQUARE, false)], [4, 3]);
  assert.deepEqual([edges(SQUARE.slice(0, 2), true), edges(SQUARE.slice(0, 1), true)], [1, 0]);
  assert.deepEqual(ends(SQUARE, 3), [SQUARE[3], SQUARE[0]]);
  assert.deepEqual(middle(ends(SQUARE, 0)), { x: 15, y: 10 });
});

test('what lies in an outline', () => {
  const horseshoe = [{ x: 0, y: 0 }, { x: 30, y: 0 }, { x: 30, y: 30 }, { x: 20, y: 30 }, { x: 20, y: 10 }, { x: 10, y: 10 }, { x: 10, y: 30 }, { x: 0, y: 30 }];

  assert.equal(contains(SQUARE, { x: 15, y: 15 }), true);
  assert.equal(contains(horseshoe, { x: 15, y: 20 }), false);
  assert.equal(contains(horseshoe, { x: 5, y: 20 }), true);
});

test('paths are the same by their vertices in order', () => {
  assert.equal(same(SQUARE, SQUARE.map((point) => ({ ...point }))), true);
  assert.equal(same(SQUARE, [...SQUARE].reverse()), false);
  assert.equal(same(SQUARE, SQUARE.slice(1)), false);
});

test('a path that is moved keeps its form and stays in the image', () => {
  forAll(300, (random) => {
    const path = anyPath(random);
    const next = move(path, { x: random.int(-99, 99), y: random.int(-99, 99) }, SIZE);
    const shift = { x: next[0].x - path[0].x, y: next[0].y - path[0].y };

    assert.deepEqual(next, path.map(({ x, y }) => ({ x: x + shift.x, y: y + shift.y })));
    assert.deepEqual(next, next.map((point) => settle(point, SIZE)));
  });
});

test('the box around a path touches it on all sides', () => {
  forAll(300, (random) => {
    const path = anyPath(random);
    const { left, top, width, height } = bounds(path);
    const [xs, ys] = [path.map(({ x }) => x), path.map(({ y }) => y)];

    assert.deepEqual([left, top, left + width, top + height], [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]);
  });
});

test('the distance to an edge is that of its nearest point', () => {
  forAll(300, (random) => {
    const [from, to, point] = [0, 0, 0].map(() => ({ x: random.int(0, 40), y: random.int(0, 30) }));
    const sampled = Array.from({ length: 2001 }, (_, step) => {
      const share = step / 2000;
      return distance(point, { x: from.x + share * (to.x - from.x), y: from.y + share * (to.y - from.y) });
    });

    assert.ok(Math.abs(distanceToEdge(point, [from, to]) - Math.min(...sampled)) < 0.02, JSON.stringify({ from, to, point }));
  });
});

test('what lies in an outline does so whichever way round and wherever it begins', () => {
  forAll(300, (random) => {
    const path = anyPath(random, 3);
    const point = { x: random.int(0, 40) + 0.37, y: random.int(0, 30) + 0.41 };
    const turned = [...path.slice(1), path[0]];

    assert.equal(contains(turned, point), contains(path, point));
    assert.equal(contains([...path].reverse(), point), contains(path, point));
  });
});
