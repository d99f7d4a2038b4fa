import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LABEL_KEYS, SHAPE_KEYS, VIEW_KEYS, arrowDelta, plain } from '#elements/drawing/keyboard.js';
import { key } from '#support/bench.js';

const ALL = [...LABEL_KEYS, ...SHAPE_KEYS, ...VIEW_KEYS];

test('an arrow is one pixel, with Shift ten', () => {
  assert.deepEqual(arrowDelta(key('ArrowUp')), { x: 0, y: -1 });
  assert.deepEqual(arrowDelta(key('ArrowRight', { shift: true })), { x: 10, y: 0 });
});

test('a plain key is heard in either case, and never with Ctrl, Cmd or Alt', () => {
  const hears = plain('a', 'Delete');

  assert.deepEqual([key('a'), key('A', { shift: true }), key('Delete')].map(hears), [true, true, true]);
  assert.deepEqual([key('a', { ctrl: true }), key('a', { meta: true }), key('a', { alt: true }), key('b'), key('delete')].map(hears), Array(5).fill(false));
});

test('no key that the browser or the form needs is taken', () => {
  for (const event of [key('Tab'), key('Enter'), key('Enter', { ctrl: true }), key('c', { ctrl: true }), key('r', { meta: true }), key('F5')]) {
    assert.deepEqual(ALL.filter(({ hears }) => hears(event, {})).map(({ does }) => does), [], JSON.stringify(event));
  }
});

test('a key means one thing; only Shift + Delete also hears as Delete, and comes before it', () => {
  const names = [...'abcdefghijklmnopqrstuvwxyz0123456789+-=_?/ []', 'Escape', 'Delete', 'Backspace', 'ArrowUp'];
  const held = [{}, { shift: true }, { ctrl: true }, { alt: true }, { ctrl: true, shift: true }];
  const double = names.flatMap((name) => held.map((modifiers) => key(name, modifiers)))
    .map((event) => ALL.filter(({ hears }) => hears(event, {})).map(({ does }) => does))
    .filter((found) => found.length > 1);

  assert.deepEqual(double, [['does.clear', 'does.delete'], ['does.clear', 'does.delete']]);
});

test('an arrow moves the selected shape, or else the image the other way', () => {
  const moved = [];
  const bench = { selectedId: 1, nudge: (delta) => moved.push(['shape', delta]), panBy: (delta) => moved.push(['image', delta]) };
  const arrows = SHAPE_KEYS.find(({ does }) => does === 'does.arrows');
  arrows.run(bench, key('ArrowRight'));
  bench.selectedId = undefined;
  arrows.run(bench, key('ArrowRight'));

  assert.deepEqual(moved, [['shape', { x: 1, y: 0 }], ['image', { x: -24, y: -0 }]]);
});
