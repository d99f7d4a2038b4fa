import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countWords } from '#elements/text/question-card.js';

test('words are counted in any language', () => {
  assert.ok(countWords('牛がモーと鳴く。') >= 4);
  assert.equal(countWords(' one, two — three! '), 3);
  assert.equal(countWords(''), 0);
});
