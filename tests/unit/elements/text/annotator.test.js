import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Annotator } from '#elements/text/annotator.js';
import { readLabels } from '#elements/text/labels.js';
import { forAll } from '#support/random.js';

const TEXT = 'One 🐄 two\nthree';
const opened = (given = []) => {
  let changes = 0;
  const annotator = new Annotator(() => { changes += 1; });
  annotator.load(TEXT, readLabels(['A', 'B']), given);
  return { annotator, changes: () => changes };
};
const said = ({ answer }) => answer.map(({ label, startOffset, endOffset }) => `${label}${startOffset}-${endOffset}`).join(' ');

test('a label marks the selection; offsets count characters', () => {
  const { annotator, changes } = opened();
  annotator.select(9, 4); // backwards, over the cow
  annotator.press('A');

  assert.equal(said(annotator), 'A4-8');
  assert.deepEqual(annotator.selection, { anchor: 9, caret: 9 });
  assert.equal(changes(), 1);
});

test('a label that was pressed first waits for the selection, and for the next', () => {
  const { annotator } = opened();
  annotator.press('B');
  for (const [from, to] of [[0, 3], [4, 6]]) {
    annotator.select(from, to);
    annotator.selectionDone();
  }
  annotator.press('B');
  annotator.select(0, 9);
  annotator.selectionDone();

  assert.equal(said(annotator), 'B0-3 B4-5');
});

test('the chosen entity gets the label, or is removed', () => {
  const { annotator } = opened([{ label: 'A', startOffset: 0, endOffset: 3 }]);
  annotator.chooseAt(1);
  assert.equal(annotator.press('B')?.label, 'B');
  assert.deepEqual([said(annotator), annotator.modified], ['B0-3', true]);
  annotator.removeHere();
  assert.equal(said(annotator), '');
  annotator.undo();
  annotator.undo();

  assert.deepEqual([said(annotator), annotator.modified], ['A0-3', false]);
});

test('Enter goes from entity to entity, round the end of the text, both ways', () => {
  const { annotator } = opened([[0, 3], [4, 5], [6, 9]].map(([startOffset, endOffset]) => ({ label: 'A', startOffset, endOffset })));
  const chosen = (step) => {
    annotator.chooseNext(step);
    return annotator.entities.findIndex(({ id }) => id === annotator.chosen);
  };

  assert.deepEqual([1, 1, 1, 1, -1, -1].map(chosen), [0, 1, 2, 0, 2, 1]);
});

test('entities that were given and cannot be shown are counted', () => {
  assert.equal(opened([{ label: 'C', startOffset: 0, endOffset: 1 }, { label: 'A', startOffset: 0, endOffset: 99 }]).annotator.refused, 2);
});

test('whatever was done: entities stay in order, none twice, and undo leads back to the beginning', () => {
  forAll(100, (random) => {
    const { annotator } = opened([{ label: 'A', startOffset: 0, endOffset: 3 }]);
    const place = () => random.int(0, TEXT.length);
    const steps = [
      () => annotator.select(place(), place()), () => annotator.press(random.pick(['A', 'B'])), () => annotator.selectionDone(), () => annotator.removeHere(),
      () => annotator.chooseAt(place()), () => annotator.chooseNext(random.pick([1, -1])), () => annotator.leave(), () => annotator.undo(), () => annotator.redo(),
    ];
    for (let count = 0; count < 40; count += 1) {
      random.pick(steps)();
      const keys = annotator.entities.map(({ label, start, end }) => [start, end, label]);
      assert.deepEqual(keys, [...keys].sort((one, other) => one[0] - other[0] || one[1] - other[1] || (one[2] < other[2] ? -1 : 1)));
      assert.equal(new Set(keys.map(String)).size, keys.length);
    }
    while (annotator.canUndo) annotator.undo();

    assert.deepEqual([said(annotator), annotator.modified], ['A0-3', false]);
  });
});
