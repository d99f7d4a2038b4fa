import assert from 'node:assert/strict';
import { test } from 'node:test';
import { items, member, members } from '#elements/base/json.js';

test('what is missing or of another form is nothing', () => {
  for (const value of [undefined, null, 7, 'text', true]) assert.deepEqual([member(value, 'length'), items(value), members(value)], [undefined, [], []]);
  assert.deepEqual([items({ length: 2 }), members(['a'])], [[], []]);
});

test('what is there is given', () => {
  assert.equal(member({ a: 1 }, 'a'), 1);
  assert.deepEqual(items([1, null]), [1, null]);
  assert.deepEqual(members({ a: 1 }), [['a', 1]]);
});
