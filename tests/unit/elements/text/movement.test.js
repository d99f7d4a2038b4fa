import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linesOf } from '#elements/text/blocks.js';
import { Movement } from '#elements/text/movement.js';

/** The lines of a text, as a view knows them. */
const over = (text) => {
  const lines = linesOf(text);
  return new Movement(/** @type {any} */ ({ lines, lineAt: (place) => lines.findLastIndex(({ start }) => start <= place) }));
};
const walk = (movement, way, from, step) => {
  const places = [from];
  for (let next = movement[way](from, step); next !== places.at(-1); next = movement[way](next, step)) places.push(next);
  return places;
};

test('a step is what a reader takes for one character', () => {
  const family = '👨‍👩‍👧';
  const text = `a${family}e\u0301\r\nb`;
  const stops = [0, 1, 1 + family.length, 3 + family.length, 5 + family.length, 6 + family.length];

  assert.deepEqual(walk(over(text), 'character', 0, 1), stops);
  assert.deepEqual(walk(over(text), 'character', text.length, -1), [...stops].reverse());
});

test('forward to the end of a word, backward to its beginning', () => {
  const text = 'one, two\n\nthree';

  assert.deepEqual(walk(over(text), 'word', 0, 1), [0, 3, 8, 9, 10, 15]);
  assert.deepEqual(walk(over(text), 'word', 15, -1), [15, 10, 9, 8, 5, 0]);
});

test('the word around a place; one character where there is none', () => {
  const around = (text, place) => {
    const { start, end } = over(text).wordAround(place);
    return text.slice(start, end);
  };

  assert.deepEqual([0, 2, 3, 5, 8].map((place) => around('one, two', place)), ['one', 'one', 'one', 'two', 'two']);
  assert.equal(around('one -- two', 5), '-');
  assert.equal(around('', 0), '');
});
