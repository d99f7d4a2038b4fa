import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History } from '#elements/drawing/history.js';
import { forAll } from '#support/random.js';

test('undo and redo go through all steps, and stop at the ends', () => {
  const history = new History('a');
  const seen = [];
  history.undo();
  for (const state of ['b', 'c']) history.record(state);
  for (const step of ['undo', 'undo', 'undo', 'redo', 'redo', 'redo']) {
    history[step]();
    seen.push(history.present);
  }

  assert.deepEqual(seen, ['b', 'a', 'a', 'b', 'c', 'c']);
});

test('a new step forgets what was undone', () => {
  const history = new History('a');
  history.record('b');
  history.undo();
  history.record('c');

  assert.deepEqual([history.present, history.canRedo], ['c', false]);
});

test('quick steps of one kind are undone together', () => {
  const history = new History(0);
  history.record(1, 'move', 1000);
  history.record(2, 'move', 1300);
  history.record(3, 'move', 1600);
  history.record(4, 'stretch', 1700);
  history.record(5, 'stretch', 9000);
  const seen = [];
  while (history.canUndo) {
    history.undo();
    seen.push(history.present);
  }

  assert.deepEqual(seen, [4, 3, 0]);
});

test('a step after an undo is a step of its own, however quick', () => {
  const history = new History(0);
  history.record(1, 'move', 1000);
  history.record(2, 'other', 1100);
  history.undo();
  history.record(3, 'move', 1200);
  history.undo();

  assert.equal(history.present, 1);
});

test('what is replaced cannot be undone by itself', () => {
  const history = new History('a');
  history.record('b');
  history.replace('c');
  history.undo();
  assert.equal(history.present, 'a');
  history.redo();

  assert.equal(history.present, 'c');
});

test('any steps: it behaves as a list of states and a place in it', () => {
  forAll(200, (random) => {
    const history = new History(0);
    let [states, place] = [[0], 0];
    for (let step = 1; step < 40; step += 1) {
      const what = random.pick(['record', 'record', 'undo', 'redo']);
      if (what === 'record') {
        states = [...states.slice(0, place + 1), step];
        place += 1;
        history.record(step);
      } else {
        place = what === 'undo' ? Math.max(0, place - 1) : Math.min(states.length - 1, place + 1);
        history[what]();
      }
      assert.deepEqual([history.present, history.canUndo, history.canRedo], [states[place], place > 0, place < states.length - 1]);
    }
  });
});
