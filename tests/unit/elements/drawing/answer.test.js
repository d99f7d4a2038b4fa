import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LiveAnswer } from '#elements/drawing/answer.js';
import { ShapeBench } from '#elements/drawing/shape-bench.js';
import { Heard, t } from '#support/bench.js';

const opened = (shapes = []) => {
  const geometry = { same: (one, other) => one === other, bounds: (at) => ({ left: at, top: 0, width: 1, height: 1 }), move: (at, { x }) => at + x };
  const bench = new ShapeBench(new Heard().listener, t, geometry);
  bench.setLabels(['a', 'b']);
  bench.open({ width: 40, height: 30 }, shapes);
  return bench;
};

test('the answer stays one object: what a page holds, and what it wrote on a shape, stays', () => {
  const bench = opened();
  const answer = new LiveAnswer('dots', (at) => ({ at }));
  const { value } = answer;
  bench.add(1);
  answer.update(bench, false);
  const [dot] = value.dots;
  dot.note = 'of the page';
  bench.nudge({ x: 4, y: 0 });
  bench.add(9);
  answer.update(bench, false);

  assert.equal(answer.value, value);
  assert.equal(value.dots[0], dot);
  assert.deepEqual(value, {
    dots: [{ label: 'a', at: 5, note: 'of the page' }, { label: 'a', at: 9 }],
    inputImageProperties: { width: 40, height: 30 },
  });
});

test('whether it was modified is said only where there was something to modify', () => {
  const bench = opened([{ label: 'b', shape: 3 }]);
  const answer = new LiveAnswer('dots', (at) => ({ at }));
  answer.update(bench, true);
  assert.equal(answer.value.initialValueModified, false);
  bench.clear();
  answer.update(bench, true);
  assert.equal(answer.value.initialValueModified, true);
  answer.update(bench, false);

  assert.equal('initialValueModified' in answer.value, false);
});
