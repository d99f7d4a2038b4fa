import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fit, magnify, pan, reveal, scaled, show, toImage, toStage, visible, zoom } from '#elements/drawing/viewport.js';
import { forAll } from '#support/random.js';

const IMAGE = { width: 400, height: 300 };
const STAGE = { width: 800, height: 600 };

const near = (one, other, slack = 1e-6) => assert.ok(Math.abs(one - other) <= slack, `${one} is not ${other}`);

test('fit shows the whole image, centred', () => {
  const view = fit({ width: 824, height: 424 }, IMAGE);

  near(view.scale, 4 / 3);
  near(view.x, (824 - (400 * 4) / 3) / 2);
  near(view.y, 12);
});

test('a tiny image is not blown up without end', () => {
  assert.equal(fit(STAGE, { width: 4, height: 3 }).scale, 6);
});

test('zoom keeps the point under the mouse', () => {
  const [view, at] = [{ scale: 1.5, x: 100, y: 75 }, { x: 333, y: 222 }];
  const zoomed = zoom(view, 2.5, at, STAGE, IMAGE);

  near(zoomed.scale, 3.75);
  near(toImage(zoomed, at).x, toImage(view, at).x);
  near(toImage(zoomed, at).y, toImage(view, at).y);
});

test('reveal moves no more than it must', () => {
  const [stage, view] = [{ width: 200, height: 150 }, { scale: 1, x: 0, y: 0 }];

  assert.equal(reveal(view, { left: 10, top: 10, width: 20, height: 20 }, stage, IMAGE), view);
  assert.deepEqual(reveal(view, { left: 250, top: 10, width: 20, height: 20 }, stage, IMAGE), { scale: 1, x: -82, y: 0 });
});

test('a point keeps the zoom: its mark is of one size', () => {
  assert.equal(show({ scale: 0.5, x: 0, y: 0 }, { left: 40, top: 40, width: 0, height: 0 }, STAGE, IMAGE).scale, 0.5);
});

const anyBox = (random, image) => {
  const [left, top] = [random.int(0, image.width - 1), random.int(0, image.height - 1)];
  return { left, top, width: random.int(1, image.width - left), height: random.int(1, image.height - top) };
};
const anyView = (random, stage, image) => {
  const at = { x: random.int(0, stage.width), y: random.int(0, stage.height) };
  return zoom(fit(stage, image), 2 ** random.int(-3, 6), at, stage, image);
};
const anyImage = (random) => ({ width: random.int(1, 8000), height: random.int(1, 8000) });
const anyStage = (random) => ({ width: random.int(200, 2000), height: random.int(200, 1500) });

test('to the stage and back is the same place', () => {
  forAll(300, (random) => {
    const [image, stage] = [anyImage(random), anyStage(random)];
    const [view, box] = [anyView(random, stage, image), anyBox(random, image)];
    const on = toStage(view, box);
    const corner = toImage(view, { x: on.left, y: on.top });

    near(corner.x, box.left, 1e-6 * image.width);
    near(corner.y, box.top, 1e-6 * image.height);
    near(on.width, scaled(box, view.scale).width);
  });
});

test('however one pans, some of the image stays on the stage', () => {
  forAll(300, (random) => {
    const [image, stage] = [anyImage(random), anyStage(random)];
    const view = pan(anyView(random, stage, image), { x: random.int(-1e6, 1e6), y: random.int(-1e6, 1e6) }, stage, image);
    const seen = visible(view, stage, image);

    assert.ok(seen.width > 0 && seen.height > 0, JSON.stringify({ view, seen }));
    assert.ok(seen.left >= 0 && seen.left + seen.width <= image.width + 1e-6);
  });
});

test('what is shown is on the stage whole, and large enough where the largest zoom allows', () => {
  forAll(500, (random) => {
    const [image, stage] = [anyImage(random), anyStage(random)];
    const box = anyBox(random, image);
    const on = toStage(show(anyView(random, stage, image), box, stage, image), box);
    const slack = 1e-6 * stage.width;

    assert.ok(on.left >= -slack && on.top >= -slack, JSON.stringify(on));
    assert.ok(on.left + on.width <= stage.width + slack && on.top + on.height <= stage.height + slack, JSON.stringify(on));
    const longer = Math.max(on.width, on.height);
    const limits = [24, 32 * Math.max(box.width, box.height), 0.6 * Math.min(stage.width, stage.height)];
    assert.ok(longer >= Math.min(...limits) - slack, JSON.stringify(on));
  });
});

test('what is magnified is centred, or as near to it as the image lets it', () => {
  forAll(200, (random) => {
    const [image, stage] = [anyImage(random), anyStage(random)];
    const box = anyBox(random, image);
    const on = toStage(magnify(box, stage, image), box);

    assert.ok(on.left >= -1e-3 && on.left + on.width <= stage.width + 1e-3, JSON.stringify(on));
    assert.ok(on.top >= -1e-3 && on.top + on.height <= stage.height + 1e-3, JSON.stringify(on));
  });
});
