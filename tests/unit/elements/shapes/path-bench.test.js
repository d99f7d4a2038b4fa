import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createShortcuts } from '#elements/shapes/keyboard.js';
import { PathBench } from '#elements/shapes/path-bench.js';
import { Heard, doesOn, key, t } from '#support/bench.js';

const OUTLINE = { list: 'polygons', closed: true, least: 3, most: 100, simple: true };
const LINE = { list: 'lines', closed: false, least: 2, most: 2, simple: false };
const POINT = { list: 'keypoints', closed: false, least: 1, most: 1, simple: false };

const opened = (kind, shapes = []) => {
  const heard = new Heard();
  const bench = new PathBench(heard.listener, t, kind);
  bench.resizeStage({ width: 800, height: 600 });
  bench.setLabels(['a']);
  bench.open({ width: 400, height: 300 }, shapes);
  const put = (...numbers) => numbers.forEach((x, index) => index % 2 === 0 && bench.put({ x, y: numbers[index + 1] }));
  return { bench, heard, put, paths: () => bench.annotations.items.map(({ shape }) => shape.map(({ x, y }) => `${x},${y}`).join(' ')) };
};

test('an outline is drawn vertex by vertex, and holds the form back until it is closed', () => {
  const { bench, heard, put, paths } = opened(OUTLINE);
  put(10, 10, 50, 10, 50, 50);
  assert.equal(heard.held, 'said.unfinished');
  assert.deepEqual([paths(), heard.answers], [[], 0]);
  assert.equal(bench.endsAt({ x: 11, y: 12 }, 5), true);
  bench.finish();

  assert.equal(heard.held, '');
  assert.deepEqual([paths(), heard.answers], [['10,10 50,10 50,50'], 1]);
});

test('an outline never crosses itself, neither by a vertex nor by closing', () => {
  const { bench, heard, put, paths } = opened(OUTLINE);
  put(0, 0, 40, 0, 40, 40, 20, 40);
  put(20, -0.4, 20, 0);
  assert.equal(heard.warning, 'said.crossing');
  put(20, 20, 60, 20);
  assert.equal(heard.warning, 'said.crossing');
  bench.finish();

  assert.deepEqual(paths(), ['0,0 40,0 40,40 20,40 20,20']);
});

test('too few vertices are no outline, and are not lost', () => {
  const { bench, heard, put } = opened(OUTLINE);
  put(0, 0, 40, 0);
  bench.finish();

  assert.equal(heard.warning, 'said.too-few least=3');
  assert.equal(bench.drawn.length, 2);
});

test('undo takes back vertex by vertex what is being drawn, and redo puts it back', () => {
  const { bench, put } = opened(OUTLINE);
  put(0, 0, 40, 0, 40, 40);
  bench.undo();
  bench.undo();
  assert.equal(bench.drawn.length, 1);
  bench.redo();
  assert.equal(bench.drawn.length, 2);
  bench.deselect();
  assert.equal(bench.drawing, false);
  bench.undo();

  assert.equal(bench.drawn.length, 2, 'what was dropped can be had again');
});

test('the last vertex that a kind can have finishes it', () => {
  const line = opened(LINE);
  line.put(0, 0, 40, 0);
  const point = opened(POINT);
  point.put(7, 8);

  assert.deepEqual([line.paths(), point.paths()], [['0,0 40,0'], ['7,8']]);
});

test('the vertex in hand is moved, deleted, and doubled by key', () => {
  const { bench, heard, paths } = opened(OUTLINE, [{ label: 'a', shape: [{ x: 10, y: 10 }, { x: 50, y: 10 }, { x: 50, y: 50 }, { x: 10, y: 50 }] }]);
  bench.select(bench.annotations.items[0].id);
  bench.enter();
  bench.takeVertex(-1);
  assert.equal(bench.vertex, 3);
  bench.nudge({ x: -5, y: 5 });
  assert.deepEqual(paths(), ['10,10 50,10 50,50 5,55']);
  bench.remove();
  assert.deepEqual(paths(), ['10,10 50,10 50,50']);
  bench.remove();
  assert.equal(heard.warning, 'said.too-few least=3');
  bench.takeVertex(1);
  bench.insert();

  assert.deepEqual([paths(), bench.vertex], [['10,10 50,10 50,30 50,50'], 2]);
  bench.takeVertex(undefined);
  bench.insert();
  assert.deepEqual([paths(), bench.vertex], [['10,10 50,10 50,30 50,50 30,30'], 4], 'without a vertex in hand: on the longest edge');
  assert.equal(bench.modified, true);
});

test('Enter steps into the vertices and out again; while something is drawn it puts a vertex, and finishes', () => {
  const { bench, paths } = opened(OUTLINE, [{ label: 'a', shape: [{ x: 300, y: 200 }, { x: 350, y: 200 }, { x: 350, y: 250 }] }]);
  bench.select(bench.annotations.items[0].id);
  bench.enter();
  assert.equal(bench.vertex, 0);
  bench.enter();
  assert.equal(bench.vertex, undefined);
  bench.deselect();
  bench.begin(); // at the middle of the view
  for (const delta of [{ x: 0, y: 0 }, { x: 40, y: 0 }, { x: 0, y: 40 }]) {
    bench.aim(delta);
    bench.enter();
  }
  bench.enter();

  assert.deepEqual(paths()[1], '200,150 240,150 240,190');
});

test('what each key does', () => {
  const keys = createShortcuts(OUTLINE);
  const table = [
    [key('n'), {}, 'does.new'], [key('Enter'), {}, 'does.enter'], [key('ArrowUp'), {}, 'does.arrows'], [key('ArrowUp', { ctrl: true }), {}, 'does.leap'],
    [key('Tab'), { vertex: 0 }, 'does.vertices'], [key('Tab'), {}, undefined], [key('p'), {}, 'does.insert'], [key('Delete'), {}, 'does.delete'],
    [key('Enter', { ctrl: true }), {}, undefined],
  ];

  for (const [event, bench, does] of table) assert.equal(doesOn(keys, event, bench), does, JSON.stringify(event));
  assert.equal(doesOn(createShortcuts(POINT), key('p')), undefined, 'a point has no second vertex');
});
