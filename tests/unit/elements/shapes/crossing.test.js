import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crosses } from '#elements/shapes/crossing.js';
import { edges, ends } from '#elements/shapes/path.js';
import { forAll } from '#support/random.js';

const path = (...numbers) => numbers.flatMap((x, index) => (index % 2 ? [] : [{ x, y: numbers[index + 1] }]));
const all = (count) => Array.from({ length: count }, (_, edge) => edge);
const crossed = (vertices, closed) => crosses(vertices, closed, all(edges(vertices, closed)));

test('an outline that meets itself', () => {
  assert.equal(crossed(path(0, 0, 10, 0, 10, 10, 0, 10), true), false);
  assert.equal(crossed(path(0, 0, 10, 10, 10, 0, 0, 10), true), true, 'a bow');
  assert.equal(crossed(path(0, 0, 10, 0, 10, 10, 5, 0), true), true, 'a vertex on an edge');
  assert.equal(crossed(path(0, 0, 10, 0, 5, 0, 5, 5), true), true, 'an edge back over the one before');
});

test('the same vertices as a line may be fine: nothing leads from its end to its beginning', () => {
  const bow = path(0, 0, 10, 10, 10, 0, 4, 2);

  assert.equal(crossed(bow, false), false);
  assert.equal(crossed(path(0, 0, 10, 10, 10, 0, 0, 10), false), true);
});

test('only the edges asked about count', () => {
  const bow = path(0, 0, 10, 10, 10, 0, 0, 10);

  assert.equal(crosses(bow, true, [1]), false);
  assert.equal(crosses(bow, true, [0]), true);
});

/** Whether two edges have more in common than the vertices they share: by shares along both, in fractions of whole numbers. */
const meet = ([a, b], [c, d]) => {
  const [r, s, gap] = [{ x: b.x - a.x, y: b.y - a.y }, { x: d.x - c.x, y: d.y - c.y }, { x: c.x - a.x, y: c.y - a.y }];
  const cross = (one, other) => one.x * other.y - one.y * other.x;
  const dot = (one, other) => one.x * other.x + one.y * other.y;
  const slope = cross(r, s);
  if (slope !== 0) {
    const [along, across] = [cross(gap, s) / slope, cross(gap, r) / slope];
    return along >= 0 && along <= 1 && across >= 0 && across <= 1;
  }
  if (cross(gap, r) !== 0) return false;
  const [first, last] = [dot(gap, r) / dot(r, r), dot({ x: d.x - a.x, y: d.y - a.y }, r) / dot(r, r)];
  return Math.max(first, last) >= 0 && Math.min(first, last) <= 1;
};

test('for edges that share no vertex: the answer of a computation by another formula', () => {
  forAll(3000, (random) => {
    const closed = random.int(0, 1) === 1;
    const vertices = Array.from({ length: random.int(4, 6) }, () => ({ x: random.int(0, 6), y: random.int(0, 6) }));
    const count = edges(vertices, closed);
    if (all(count).some((edge) => { const [one, other] = ends(vertices, edge); return one.x === other.x && one.y === other.y; })) return;
    const apart = (one, other) => Math.abs(one - other) > 1 && !(closed && Math.abs(one - other) === count - 1);
    const expected = all(count).some((one) => all(count).some((other) => apart(one, other) && meet(ends(vertices, one), ends(vertices, other))));
    const folds = all(count).some((edge) => {
      if (!closed && edge === count - 1) return false;
      const [[from, corner], [, to]] = [ends(vertices, edge), ends(vertices, (edge + 1) % count)];
      const [back, on] = [{ x: from.x - corner.x, y: from.y - corner.y }, { x: to.x - corner.x, y: to.y - corner.y }];
      return back.x * on.y === back.y * on.x && back.x * on.x + back.y * on.y > 0;
    });

    assert.equal(crossed(vertices, closed), expected || folds, JSON.stringify({ closed, vertices }));
  });
});
