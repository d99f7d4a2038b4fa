import assert from 'node:assert/strict';
import { test } from 'node:test';
import { colour, readColours, textColour } from '#elements/drawing/colours.js';

test('the first labels have colours of their own, and so have many more', () => {
  assert.equal(new Set(Array.from({ length: 200 }, (_, index) => colour(index))).size, 200);
  assert.equal(colour(-1), colour(-5));
});

test('a page may choose; what is no colour is left to us', () => {
  const chosen = readColours(['#ABC', ' #0a1b2c ', 'red', null, 7, '#12345', 'javascript:alert(1)']);

  assert.deepEqual(chosen, ['#AABBCC', '#0a1b2c', undefined, undefined, undefined, undefined, undefined]);
  assert.equal(colour(0, chosen), '#AABBCC');
  assert.equal(colour(2, chosen), colour(2));
});

test('text on a colour is black on light and white on dark', () => {
  assert.equal(textColour(0, ['#ffffff']), '#000000');
  assert.equal(textColour(0, ['#000080']), '#ffffff');
});
