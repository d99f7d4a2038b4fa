import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wellFormed, written } from '#portal/task-answer.js';
import { asClock } from '#portal/task-clock.js';

test('an answer is written as JSON', () => {
  assert.deepEqual(written({ answer: { a: [1, null] }, seconds: 2.5 }), { body: '{"answer":{"a":[1,null]},"seconds":2.5}' });
});

test('half a character, as a script can cut one, is no text: the work around it is kept', () => {
  assert.equal(wellFormed('', 'a\ud83d'), 'a\ufffd');
  assert.deepEqual(written({ answer: { a: '🐄\udc04' }, seconds: 0 }), { body: '{"answer":{"a":"🐄\ufffd"},"seconds":0}' });
});

test('what a template sends may be anything', () => {
  const round = {};
  round.self = round;
  const strange = [
    { answer: [], seconds: 1 }, { answer: null, seconds: 1 }, { answer: 'x', seconds: 1 }, { answer: new Map(), seconds: 1 }, { seconds: 1 },
    { answer: {}, seconds: -1 }, { answer: {}, seconds: '1' }, { answer: {}, seconds: Number.NaN }, { answer: {} },
    { answer: { a: 1n }, seconds: 1 }, { answer: round, seconds: 1 },
  ];

  for (const message of strange) assert.deepEqual(written(message), { problem: 'strange' });
});

test('an answer larger than the server reads is refused here, by its bytes', () => {
  assert.ok('body' in written({ answer: { a: 'x'.repeat(4_000_000) }, seconds: 1 }));
  assert.deepEqual(written({ answer: { a: '猫'.repeat(1_500_000) }, seconds: 1 }), { problem: 'too_large' });
});

test('the time left, rounded up, and never below nothing', () => {
  assert.deepEqual([-5, 0, 0.2, 59, 61, 3599.5, 3661].map(asClock), ['0:00', '0:00', '0:01', '0:59', '1:01', '1:00:00', '1:01:01']);
});
