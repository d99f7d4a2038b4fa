import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { settle } from '#elements/boxes/box.js';
import { HANDLES } from '#elements/boxes/handles.js';
import { Workbench } from '#elements/boxes/workbench.js';
import { Heard } from '#support/bench.js';
import { speak } from '#support/page.js';
import { forAll } from '#support/random.js';

const SIZE = { width: 400, height: 300 };

before(() => speak('en'));

const opened = (shapes = []) => {
  const heard = new Heard();
  const bench = new Workbench(heard.listener);
  bench.resizeStage({ width: 800, height: 600 });
  bench.setLabels(['cat', 'dog']);
  bench.open(SIZE, shapes);
  return { bench, heard };
};
const drawn = (bench) => bench.annotations.items.map(({ label, shape }) => ({ label, shape }));

test('a box is added under the label in hand, and is selected', () => {
  const { bench, heard } = opened();
  bench.chooseLabel('dog');
  bench.add({ left: 1, top: 2, width: 3, height: 4 });

  assert.deepEqual(drawn(bench), [{ label: 'dog', shape: { left: 1, top: 2, width: 3, height: 4 } }]);
  assert.equal(bench.selectedId, bench.annotations.items[0].id);
  assert.equal(heard.answers, 1);
});

test('an empty box is not added', () => {
  const { bench, heard } = opened();
  bench.add({ left: 1, top: 2, width: 0, height: 4 });

  assert.deepEqual(drawn(bench), []);
  assert.equal(heard.answers, 0);
});

test('boxes made by key one after the other never lie upon each other', () => {
  const { bench } = opened();
  for (let made = 0; made < 5; made += 1) bench.addInMiddle();

  assert.equal(new Set(drawn(bench).map(({ shape }) => JSON.stringify(shape))).size, 5);
});

test('no more than a thousand boxes: the worker is warned', () => {
  const { bench, heard } = opened(Array.from({ length: 1000 }, () => ({ label: 'cat', shape: { left: 1, top: 1, width: 9, height: 9 } })));
  bench.add({ left: 1, top: 2, width: 3, height: 4 });

  assert.equal(bench.annotations.items.length, 1000);
  assert.match(heard.warning, /1,?000/u);
});

test('a guess of the model is marked until it is accepted or changed', () => {
  const guess = (left) => ({ label: 'cat', shape: { left, top: 0, width: 10, height: 10 }, score: 60 });
  const { bench } = opened([guess(0), guess(20), guess(40)]);
  bench.accept(); // goes to the first
  bench.accept();

  assert.equal(bench.guesses, 2);
  assert.equal(bench.annotations.selected?.shape.left, 20);
  bench.nudge({ x: 1, y: 0 });
  assert.equal(bench.guesses, 1);
  assert.equal(bench.modified, true);
});

test('whatever was done is undone step by step, and done again: the same boxes, and nothing modified', () => {
  forAll(60, (random) => {
    const box = () => settle({ left: random.int(0, 380), top: random.int(0, 280), width: random.int(1, 99), height: random.int(1, 99) }, SIZE);
    const first = random.list(4, () => ({ label: random.pick(['cat', 'dog']), shape: box() }));
    const { bench } = opened(first);
    const steps = [
      () => bench.add(box()),
      () => bench.remove(),
      () => bench.nudge({ x: random.int(-20, 20), y: random.int(-20, 20) }),
      () => bench.stretch(random.pick(HANDLES), { x: random.int(-20, 20), y: random.int(-20, 20) }),
      () => bench.chooseLabel(random.pick(['cat', 'dog'])),
      () => bench.select(random.pick(bench.annotations.items)?.id),
      () => bench.accept(),
      () => random.int(0, 9) === 0 && bench.clear(),
      () => bench.undo(),
      () => bench.redo(),
    ];
    for (let count = 0; count < 30; count += 1) {
      random.pick(steps)();
      for (const { shape } of bench.annotations.items) assert.deepEqual(shape, settle(shape, SIZE));
    }
    const last = drawn(bench);
    let undone = 0;
    for (; bench.canUndo; undone += 1) bench.undo();
    assert.deepEqual(drawn(bench), first);
    assert.equal(bench.modified, false);
    for (; undone > 0; undone -= 1) bench.redo();
    assert.deepEqual(drawn(bench), last);
  });
});
