import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Annotations } from '#elements/drawing/annotations.js';

let now = 0;
let annotations;
const sum = () => annotations.items.map(({ label, shape }) => `${label}${shape}`).join(' ');

beforeEach(() => {
  now = 0;
  annotations = new Annotations((one, other) => one === other, () => now);
});

test('what equals the loaded shapes is not modified, whatever was done in between', () => {
  annotations.load([{ label: 'a', shape: 1 }]);
  const [{ id }] = annotations.items;
  annotations.place(id, 2);
  assert.equal(annotations.modified, true);
  annotations.place(id, 1);

  assert.equal(annotations.modified, false);
});

test('a shape that is left as it is makes no step', () => {
  annotations.load([{ label: 'a', shape: 1 }]);
  const [{ id }] = annotations.items;
  assert.equal(annotations.place(id, 1), false);
  annotations.relabel(id, 'a');
  annotations.place(77, 1);

  assert.equal(annotations.canUndo, false);
});

test('loading begins a new history, and selects nothing', () => {
  annotations.select(annotations.add('a', 1));
  annotations.load([{ label: 'b', shape: 2 }]);

  assert.deepEqual([annotations.canUndo, annotations.selected, sum()], [false, undefined, 'b2']);
});

test('a draft that is resumed is compared with what was loaded, and knows its guesses again', () => {
  annotations.load([{ label: 'a', shape: 1, score: 80 }, { label: 'a', shape: 1, score: 70 }, { label: 'b', shape: 2 }]);
  annotations.resume([{ label: 'a', shape: 1 }, { label: 'c', shape: 3 }, { label: 'a', shape: 1 }]);

  assert.deepEqual(annotations.items.map(({ score }) => score), [80, undefined, 70]);
  assert.equal(new Set(annotations.items.map(({ id }) => id)).size, 3, 'of two equal shapes each is one of the loaded');
  assert.equal(annotations.modified, true);
  annotations.resume([{ label: 'a', shape: 1 }, { label: 'a', shape: 1 }, { label: 'b', shape: 2 }]);
  assert.equal(annotations.modified, false);
});

test('steps of one kind are one for one shape, and not for two', () => {
  annotations.load([{ label: 'a', shape: 1 }, { label: 'b', shape: 1 }]);
  const [first, second] = annotations.items;
  for (const [id, shape] of [[first.id, 2], [first.id, 3], [second.id, 4]]) {
    now += 100;
    annotations.place(id, shape, 'move');
  }
  annotations.undo();
  assert.equal(sum(), 'a3 b1');
  annotations.undo();

  assert.equal(sum(), 'a1 b1');
});

test('to touch a guess is to take it: its score is gone, and undo brings it back', () => {
  annotations.load([{ label: 'a', shape: 1, score: 80 }]);
  const [{ id }] = annotations.items;
  for (const touch of [() => annotations.accept(id), () => annotations.relabel(id, 'b'), () => annotations.place(id, 2)]) {
    touch();
    assert.equal(annotations.items[0].score, undefined);
    annotations.undo();
    assert.equal(annotations.items[0].score, 80);
  }
});

test('what is removed or cleared is no longer selected', () => {
  annotations.add('a', 1);
  annotations.remove(annotations.selected.id);
  assert.equal(annotations.selected, undefined);
  annotations.add('a', 1);
  annotations.clear();
  annotations.undo();

  assert.equal(sum(), 'a1');
  assert.equal(annotations.selected, undefined);
});
