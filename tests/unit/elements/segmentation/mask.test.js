import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stroke, TILE, emptyMask, maskOf, pixelCounts, tilesAcross } from '#elements/segmentation/mask.js';
import { boundsOf, middleOf } from '#elements/segmentation/places.js';
import { forAll } from '#support/random.js';

/** A mask as one list of pixels. */
const pixelsOf = (tiles, { width, height }) => {
  const across = tilesAcross({ width, height });
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    return tiles[Math.floor(y / TILE) * across + Math.floor(x / TILE)]?.data[(y % TILE) * TILE + (x % TILE)] ?? 0;
  });
};
/** The pixels that a rule gives to a segment. */
const painted = (size, segment, rule) =>
  Uint8Array.from({ length: size.width * size.height }, (_, at) => (rule(at % size.width, Math.floor(at / size.width)) ? segment : 0));
const stroke = (size, paint, before = emptyMask(size)) => {
  const made = new Stroke(size, before);
  paint(made);
  return made.finish();
};
const anySize = (random) => ({ width: random.int(1, 300), height: random.int(1, 200) });
const anyPixels = (random, { width, height }) => {
  const pixels = new Uint8Array(width * height);
  for (let count = random.int(0, 5); count > 0; count -= 1) {
    const [from, to] = [random.int(0, pixels.length), random.int(0, pixels.length)];
    pixels.fill(random.int(0, 4), Math.min(from, to), Math.max(from, to));
  }
  return pixels;
};

test('a mask holds each pixel it was made of, and counts them', () => {
  forAll(60, (random) => {
    const size = anySize(random);
    const pixels = anyPixels(random, size);
    const tiles = maskOf(pixels, size);
    const counts = new Map();
    for (const segment of pixels) if (segment) counts.set(segment, (counts.get(segment) ?? 0) + 1);

    assert.deepEqual(pixelsOf(tiles, size), pixels);
    assert.deepEqual(new Map([...pixelCounts(tiles)].sort()), new Map([...counts].sort()));
  });
});

test('the box around a segment, over the borders of tiles', () => {
  forAll(60, (random) => {
    const size = anySize(random);
    const pixels = anyPixels(random, size);
    const tiles = maskOf(pixels, size);
    for (const segment of [1, 2, 3, 4]) {
      const at = [...pixels.keys()].filter((place) => pixels[place] === segment);
      const [xs, ys] = [at.map((place) => place % size.width), at.map((place) => Math.floor(place / size.width))];
      const least = (list) => list.reduce((one, other) => Math.min(one, other), Infinity);
      const most = (list) => list.reduce((one, other) => Math.max(one, other), -Infinity);
      const expected = at.length === 0 ? undefined
        : { left: least(xs), top: least(ys), width: most(xs) + 1 - least(xs), height: most(ys) + 1 - least(ys) };

      assert.deepEqual(boundsOf(tiles, segment, size), expected);
    }
  });
});

test('the middle of an area that lies in one tile is the middle of its box', () => {
  const size = { width: 300, height: 200 };
  const tiles = stroke(size, (made) => [10, 11, 12, 13].forEach((y) => made.fillRow(y, 20, 30, 1)));

  assert.deepEqual(middleOf(tiles, 1, size), { x: 25, y: 12 });
});

test('a row may reach beyond the image on both sides', () => {
  const size = { width: 5, height: 3 };
  const tiles = stroke(size, (made) => [-1, 1, 3].forEach((y) => made.fillRow(y, -9, 99, 7)));

  assert.deepEqual(pixelsOf(tiles, size), painted(size, 7, (_x, y) => y === 1));
});

test('a dot is round: the pixels whose middle lies in the circle', () => {
  forAll(80, (random) => {
    const size = { width: 150, height: 60 };
    const at = { x: random.int(0, 1500) / 10, y: random.int(0, 600) / 10 };
    const diameter = random.int(2, 60);
    const distance = (x, y) => Math.hypot(x + 0.5 - at.x, y + 0.5 - at.y) - diameter / 2;
    const pixels = pixelsOf(stroke(size, (made) => made.dot(at, diameter, 1)), size);

    pixels.forEach((segment, place) => {
      const away = distance(place % size.width, Math.floor(place / size.width));
      if (Math.abs(away) > 1e-9) assert.equal(segment, away < 0 ? 1 : 0, JSON.stringify({ at, diameter, place }));
    });
  });
});

test('the smallest dot is the pixel under the point', () => {
  const size = { width: 9, height: 9 };

  assert.deepEqual(pixelsOf(stroke(size, (made) => made.dot({ x: 4.99, y: 2.01 }, 1, 1)), size), painted(size, 1, (x, y) => x === 4 && y === 2));
});

test('a line has no gaps', () => {
  const size = { width: 200, height: 100 };
  const tiles = stroke(size, (made) => made.line({ x: 0.5, y: 0.5 }, { x: 199.5, y: 99.5 }, 1, 1));
  const pixels = pixelsOf(tiles, size);

  for (let x = 1; x < size.width; x += 1) assert.ok(Array.from({ length: size.height }, (_, y) => pixels[y * size.width + x]).includes(1), `column ${x}`);
});

test('an area holds the pixels whose middle lies in its outline', () => {
  forAll(80, (random) => {
    const size = { width: 140, height: 50 };
    const outline = Array.from({ length: random.int(3, 7) }, () => ({ x: random.int(-20, 160), y: random.int(-20, 70) + 0.25 }));
    const inside = (x, y) => outline.reduce((odd, to, index) => {
      const from = outline.at(index - 1);
      if (from.y <= y === to.y <= y) return odd;
      return from.x + ((y - from.y) / (to.y - from.y)) * (to.x - from.x) <= x ? !odd : odd;
    }, false);
    const pixels = pixelsOf(stroke(size, (made) => made.area(outline, 3)), size);

    assert.deepEqual(pixels, painted(size, 3, (x, y) => inside(x + 0.5, y + 0.5)));
  });
});

test('a state of the past stays what it was, and shares the tiles that did not change', () => {
  const size = { width: 3 * TILE, height: TILE };
  const before = stroke(size, (made) => [0, 1, 2].forEach((tile) => made.fillRow(5, tile * TILE, tile * TILE + 9, 1)));
  const pixels = pixelsOf(before, size);
  const after = stroke(size, (made) => made.fillRow(6, TILE, TILE + 4, 2), before);

  assert.deepEqual(pixelsOf(before, size), pixels);
  assert.deepEqual(after.map((tile, index) => tile === before[index]), [true, false, true]);
});

test('what changes no pixel is no change: the very mask from before', () => {
  const size = { width: 200, height: 200 };
  const before = stroke(size, (made) => made.dot({ x: 50, y: 50 }, 30, 1));

  assert.equal(stroke(size, (made) => made.dot({ x: 50, y: 50 }, 20, 1), before), before);
  assert.equal(stroke(size, (made) => made.dot({ x: 150, y: 150 }, 20, 0), before), before);
  assert.equal(stroke(size, (made) => made.erase((segment) => segment === 9), before), before);
});

test('segments are taken away, and no others', () => {
  forAll(40, (random) => {
    const size = anySize(random);
    const pixels = anyPixels(random, size);
    const left = stroke(size, (made) => made.erase((segment) => segment % 2 === 0), maskOf(pixels, size));

    assert.deepEqual(pixelsOf(left, size), pixels.map((segment) => (segment % 2 === 0 ? 0 : segment)));
  });
});
