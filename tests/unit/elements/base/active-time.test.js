import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { ActiveTime } from '#elements/base/active-time.js';

let now;
let time;
const at = (second, what) => {
  now = 100 + second;
  what?.();
  return time.seconds;
};

beforeEach(() => {
  now = 100;
  time = new ActiveTime(() => now);
});

test('pauses and hidden pages are left out', () => {
  const seen = [
    at(10, () => time.touch()),
    at(30),
    at(500), // away since second 70
    at(510, () => time.touch()),
    at(520, () => time.show(false)),
    at(540, () => time.show(true)),
    at(545),
  ];

  assert.deepEqual(seen, [10, 30, 70, 70, 80, 80, 85]);
});

test('it goes on from what was counted elsewhere', () => {
  at(10);

  assert.equal(at(20, () => time.restart(300)), 300);
  assert.equal(at(25), 305);
});
