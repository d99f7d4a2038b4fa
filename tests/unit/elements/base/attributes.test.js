import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flag, list, number, structure } from '#elements/base/attributes.js';

const element = (value) => /** @type {any} */ ({ localName: 'crowd-x', getAttribute: (name) => (name === 'a' ? value : null) });

test('a boolean attribute is set by any text but "false"', () => {
  assert.deepEqual(['', 'true', 'a', 'FALSE ', null].map((value) => flag(element(value), 'a')), [true, true, true, false, false]);
});

test('a number, or the default', () => {
  assert.deepEqual(['3', ' 2.5 ', '', '  ', 'x', 'Infinity', null].map((value) => number(element(value), 'a', 7)), [3, 2.5, 7, 7, 7, 7, 7]);
});

test('a list; none is the empty one, and what is none is refused by element and attribute', () => {
  assert.deepEqual([null, '', ' ', 'null', "['a']"].map((value) => list(element(value), 'a')), [[], [], [], [], ['a']]);
  assert.throws(() => list(element('{}'), 'a'), { name: 'TypeError', message: "<crowd-x> a: expected a list such as ['cat', 'dog']" });
  assert.throws(() => structure(element('{'), 'a'), { name: 'TypeError', message: /^<crowd-x> a: expected a key at character 2/u });
});
