import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RelaxedJsonError, parseRelaxed } from '#elements/base/relaxed-json.js';
import { forAll } from '#support/random.js';

test('either quote, bare keys, trailing commas, comments, all numbers', () => {
  const table = [
    ['["a", "b"]', ['a', 'b']],
    ["['Cat','Dog']", ['Cat', 'Dog']],
    ["  [ 'it\\'s', \"so\", ]  ", ["it's", 'so']],
    ['[]', []],
    ["{text: 'None of these'}", { text: 'None of these' }],
    ["{'a-b': 1, \"c\": {d: [true, false, null]},}", { 'a-b': 1, c: { d: [true, false, null] } }],
    ['[ // first\n 1, /* second */ 2 ]', [1, 2]],
    ['[+1, -.5, 1e3, 0x1F, 5., -Infinity]', [1, -0.5, 1000, 31, 5, -Infinity]],
    ["'a\\u00e9\\x41\\n\\\nb'", 'aéA\nb'],
    ['{größe: 1, $x_1: 2, 3: 4}', { größe: 1, $x_1: 2, 3: 4 }],
  ];

  for (const [text, value] of table) assert.deepEqual(parseRelaxed(text), value, text);
});

test('all else is refused, and where is said', () => {
  for (const text of ['[,]', "['a' 'b']", "['a'", "['a]", '{a 1}', '[1] 2', 'cat', '', '{constructor}', '{a: constructor}', "'\\u12'", '1 /* open']) {
    assert.throws(() => parseRelaxed(text), RelaxedJsonError, text);
  }
  assert.throws(() => parseRelaxed("['cat' 'dog']"), { message: 'expected "," or "]" at character 8, but found "\'dog\']"' });
});

test('a key named __proto__ is only a key', () => {
  const value = parseRelaxed('{__proto__: {bad: 1}}');

  assert.deepEqual([Object.keys(value), value.bad, Object.getPrototypeOf(value) === Object.prototype], [['__proto__'], undefined, true]);
});

const anyValue = (random, depth = 0) => random.pick([
  () => random.int(-1e6, 1e6) / random.pick([1, 7]), () => random.pick([true, false, null]),
  () => random.list(6, () => random.pick(['a', '"', "'", '\\', '\n', '\u2028', '🐄', '</script>', '\u0000'])).join(''),
  () => (depth > 3 ? 0 : random.list(4, () => anyValue(random, depth + 1))),
  () => (depth > 3 ? 0 : Object.fromEntries(random.list(4, () => [random.pick(['a', 'b c', '__proto__', '', '1']), anyValue(random, depth + 1)]))),
])();

test('strict JSON reads as always', () => {
  forAll(500, (random) => {
    const text = JSON.stringify(anyValue(random), null, random.pick([0, 2]));

    assert.deepEqual(parseRelaxed(text), JSON.parse(text), text);
  });
});

test('any text is read or refused, and nothing else happens', () => {
  forAll(2000, (random) => {
    const text = random.list(12, () => random.pick(['{', '}', '[', ']', ',', ':', '"', "'", '\\', 'u12', '1', '-', '.', 'e', 'a', 'true', '//', '/*', '*/', '\n', ' '])).join('');
    try {
      parseRelaxed(text);
    } catch (error) {
      assert.ok(error instanceof RelaxedJsonError, `${text}: ${error}`);
    }
  });
});
