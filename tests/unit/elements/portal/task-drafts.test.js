import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Drafts } from '#portal/task-drafts.js';

let sent;
let shown;
let drafts;
const draft = (value) => ({ answer: { value }, seconds: 1 });
const settled = () => new Promise(setImmediate);
/** The server answers the oldest request that it has not answered. */
const answers = async (outcome) => {
  sent.find((request) => !request.done).resolve(outcome);
  await settled();
};
const values = () => sent.map(({ answer }) => answer.value);

beforeEach(() => {
  sent = [];
  shown = [];
  drafts = new Drafts(
    ({ answer }) => new Promise((resolve) => {
      const request = { answer, done: false, resolve: (outcome) => { request.done = true; resolve(outcome); } };
      sent.push(request);
    }),
    (state) => { if (shown.at(-1) !== state) shown.push(state); },
  );
});

test('one request at a time, and always the newest', async () => {
  for (const value of [1, 2, 3]) drafts.keep(draft(value));
  assert.deepEqual(values(), [1]);
  await answers('kept');
  assert.deepEqual(values(), [1, 3]);
  await answers('kept');

  assert.deepEqual(shown, ['saving', 'saved']);
});

test('"saved" is said only while all that is on screen is', async () => {
  drafts.keep(draft(1));
  await answers('kept');
  drafts.changed();
  assert.equal(shown.at(-1), 'saving');
  drafts.keep(draft(1)); // changed back
  assert.equal(shown.at(-1), 'saved');
  drafts.drawing(true);

  assert.equal(shown.at(-1), 'saving');
  assert.deepEqual(values(), [1]);
});

test('what was lost is sent again, or what is newer by then', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  drafts.keep(draft(1));
  await answers('lost');
  assert.equal(shown.at(-1), 'unsaved');
  t.mock.timers.tick(3000);
  await answers('lost');
  drafts.keep(draft(2));
  await answers('kept');

  assert.deepEqual(values(), [1, 1, 2]);
  assert.equal(shown.at(-1), 'saved');
});

test('what is refused is not sent again by itself', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  drafts.keep(draft(1));
  await answers('refused');
  t.mock.timers.tick(60_000);

  assert.deepEqual([values(), shown.at(-1)], [[1], 'unsaved']);
});

test('the answer to a task that is over says nothing of the next one', async () => {
  drafts.keep(draft(1));
  drafts.forget();
  drafts.keep(draft(2));
  await answers('lost');
  assert.equal(shown.at(-1), 'saving');
  await answers('kept');

  assert.deepEqual([values(), shown.at(-1)], [[1, 2], 'saved']);
});

test('what waits is sent once more when the time is over', async () => {
  drafts.keep(draft(1));
  drafts.keep(draft(2));
  void drafts.last();

  assert.deepEqual(values(), [1, 2]);
});
