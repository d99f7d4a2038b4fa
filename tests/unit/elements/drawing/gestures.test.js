import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bench } from '#elements/drawing/bench.js';
import { farEnough, panning, pinching } from '#elements/drawing/gestures.js';
import { toImage } from '#elements/drawing/viewport.js';
import { Heard, t } from '#support/bench.js';

const opened = () => {
  const bench = new Bench(new Heard().listener, t);
  bench.resizeStage({ width: 800, height: 600 });
  bench.open({ width: 400, height: 300 });
  return bench;
};

test('a finger trembles more than a mouse', () => {
  assert.equal(farEnough({ x: 0, y: 0 }, { x: 5, y: 0 }), true);
  assert.equal(farEnough({ x: 0, y: 0 }, { x: 5, y: 0 }, true), false);
  assert.equal(farEnough({ x: 0, y: 0 }, { x: 0, y: -9 }, true), true);
});

test('the image follows the pointer that moves it', () => {
  const bench = opened();
  const held = toImage(bench.view, { x: 300, y: 200 });
  const gesture = panning(bench, { x: 300, y: 200 });
  gesture.move({ x: 320, y: 190 });
  gesture.move({ x: 350, y: 230 });

  assert.deepEqual(toImage(bench.view, { x: 350, y: 230 }), held);
});

test('two fingers hold the points of the image that they took', () => {
  const bench = opened();
  let fingers = [{ x: 300, y: 200 }, { x: 400, y: 300 }];
  const held = fingers.map((finger) => toImage(bench.view, finger));
  const gesture = pinching(bench, () => fingers);
  fingers = [{ x: 280, y: 190 }, { x: 480, y: 390 }];
  gesture.move();

  fingers.forEach((finger, index) => {
    const at = toImage(bench.view, finger);
    assert.ok(Math.hypot(at.x - held[index].x, at.y - held[index].y) < 1e-9, JSON.stringify({ at, held }));
  });
});
