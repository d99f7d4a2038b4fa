import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { drawing, moving, resizing } from '#elements/boxes/gestures.js';
import { Workbench } from '#elements/boxes/workbench.js';
import { Heard } from '#support/bench.js';
import { speak } from '#support/page.js';

const BOX = { left: 100, top: 80, width: 60, height: 40 };
const press = (x, y) => ({ at: { x, y }, reach: 8, byFinger: false });
let bench;
let heard;

before(() => speak('en'));
beforeEach(() => {
  heard = new Heard();
  bench = new Workbench(heard.listener);
  bench.setLabels(['cat']);
  bench.open({ width: 400, height: 300 }, [{ label: 'cat', shape: BOX }]);
  bench.view = { scale: 2, x: 10, y: 20 }; // stage = image * 2 + offset
});
const shapes = () => bench.annotations.items.map(({ shape }) => shape);
const first = () => bench.annotations.items[0];

test('a drag on the image draws a box in pixels of the image', () => {
  const gesture = drawing(bench, press(10, 20));
  gesture.move({ x: 51, y: 60 });
  assert.deepEqual(bench.draft, { label: 'cat', shape: { left: 0, top: 0, width: 21, height: 20 } });
  assert.equal(shapes().length, 1, 'nothing is recorded before the press ends');
  gesture.finish();

  assert.deepEqual(shapes()[1], { left: 0, top: 0, width: 21, height: 20 });
  assert.equal(bench.draft, undefined);
});

test('a press that goes nowhere is a click, and selects the box there', () => {
  const gesture = drawing(bench, press(10 + 2 * 110, 20 + 2 * 90));
  gesture.move({ x: 10 + 2 * 110 + 2, y: 20 + 2 * 90 });
  gesture.finish();

  assert.equal(shapes().length, 1);
  assert.equal(bench.selectedId, first().id);
});

test('a press that is taken away leaves nothing behind', () => {
  for (const gesture of [drawing(bench, press(10, 20)), moving(bench, first(), press(300, 200)), resizing(bench, first(), 'se', press(300, 200))]) {
    gesture.move({ x: 400, y: 300 });
    gesture.cancel();
  }

  assert.deepEqual(shapes(), [BOX]);
  assert.equal(bench.draft, undefined);
  assert.equal(heard.answers, 0);
});

test('moving and resizing are one step each', () => {
  const move = moving(bench, first(), press(300, 200));
  for (const x of [310, 320, 330]) move.move({ x, y: 200 });
  move.finish();
  assert.deepEqual(shapes(), [{ ...BOX, left: 115 }]);
  const resize = resizing(bench, first(), 'e', press(300, 200));
  for (const x of [310, 320]) resize.move({ x, y: 200 });
  resize.finish();

  assert.deepEqual(shapes(), [{ ...BOX, left: 115, width: 70 }]);
  bench.undo();
  bench.undo();
  assert.deepEqual(shapes(), [BOX]);
});
