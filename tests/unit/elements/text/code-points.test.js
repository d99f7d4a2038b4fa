import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CodePoints } from '#elements/text/code-points.js';
import { forAll } from '#support/random.js';

const KINDS = ['a', 'é', '\u0301', 'ש', '猫', '🐄', '\u{1d11e}', '\r\n', '\u200d', '👨‍👩‍👧', '\ud83d', '\udc04'];

const check = (text) => {
  const points = new CodePoints(text);
  const letters = Array.from(text);
  assert.equal(points.count, letters.length);
  for (let at = 0; at <= letters.length; at += 1) {
    const unit = letters.slice(0, at).join('').length;
    assert.deepEqual([points.toUnit(at), points.ofUnit(unit)], [unit, at], JSON.stringify(text));
  }
};

test('characters are counted as Python counts them', () => {
  for (const text of ['plain', '🐄 a 👨‍👩‍👧 b', 'e\u0301 — ñ n\u0303', 'שלום עולם', 'a\r\nb\n\nc\r', '', '\u{1f1ef}\u{1f1f5}\u{1d11e}']) check(text);
});

test('half of a pair that stands alone is a character', () => {
  for (const text of ['\ud83d', '\udc04', '\udc04\ud83d', 'a\ud83d\ud83d\udc04\udc04b']) check(text);
});

test('any text is counted right', () => {
  forAll(300, (random) => check(random.list(30, () => random.pick(KINDS)).join('')));
});

test('a place within a pair counts as before it', () => {
  assert.equal(new CodePoints('a🐄b').ofUnit(2), 1);
});
