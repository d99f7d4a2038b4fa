import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Annotator } from '#elements/text/annotator.js';
import { Keyboard } from '#elements/text/keyboard.js';
import { readLabels } from '#elements/text/labels.js';
import { key } from '#support/bench.js';

let annotator;
let keyboard;
let done;

beforeEach(() => {
  done = [];
  annotator = new Annotator(() => {});
  annotator.load('one two', readLabels(['A', 'B']), []);
  const movement = { character: (at, step) => at + step, word: (at, step) => at + 4 * step, row: () => 0, rowEdge: (_at, step) => (step > 0 ? 7 : 0), isLeftToRight: () => true };
  const actions = { press: (label) => done.push(label), remove: () => done.push('remove'), moved: () => {}, chose: () => {}, caretX: () => 0 };
  keyboard = new Keyboard({ annotator, movement: /** @type {any} */ (movement) }, actions);
});
const takes = (name, modifiers = {}, { inText = true, ...more } = {}) => {
  let prevented = false;
  const taken = keyboard.take(/** @type {any} */ ({ ...key(name, modifiers), ...more, preventDefault: () => { prevented = true; } }), inText);
  assert.equal(prevented, taken);
  return taken;
};

test('arrows move the caret; with Shift they select from where it began', () => {
  takes('ArrowRight');
  takes('ArrowRight', { shift: true });
  takes('ArrowRight', { shift: true, ctrl: true });
  assert.deepEqual(annotator.selection, { anchor: 1, caret: 6 });
  takes('ArrowLeft');
  assert.deepEqual(annotator.selection, { anchor: 1, caret: 1 }, 'an arrow alone goes to the edge of the selection');
  takes('a', { ctrl: true });

  assert.deepEqual(annotator.selected, { start: 0, end: 7 });
});

test('Home and End go to the edges of the row, with Ctrl to those of the text', () => {
  const caretAfter = (name, modifiers) => {
    takes(name, modifiers);
    return annotator.selection.caret;
  };
  annotator.load('one two and three', readLabels(['A']), []);

  assert.deepEqual([caretAfter('End'), caretAfter('Home'), caretAfter('End', { ctrl: true }), caretAfter('Home', { ctrl: true })], [7, 0, 17, 0]);
});

test('the keys of labels press them, in either case, with or without the focus', () => {
  takes('2');
  takes('1', {}, { inText: false });

  assert.deepEqual(done, ['B', 'A']);
});

test('keys of the browser, of other fields and of a word that is being composed are left alone', () => {
  assert.equal(takes('r', { ctrl: true }), false);
  assert.equal(takes('1', { alt: true }), false);
  assert.equal(takes('x'), false);
  assert.equal(takes('Tab'), false);
  assert.equal(takes('ArrowRight', {}, { inText: false }), false);
  assert.equal(takes('1', {}, { isComposing: true }), false);
  assert.deepEqual([done, annotator.selection], [[], { anchor: 0, caret: 0 }]);
});

test('Ctrl + Z and Ctrl + Y take back and do again', () => {
  annotator.select(0, 3);
  annotator.press('A');
  takes('z', { ctrl: true });
  assert.equal(annotator.entities.length, 0);
  takes('Z', { ctrl: true, shift: true });

  assert.equal(annotator.entities.length, 1);
});
