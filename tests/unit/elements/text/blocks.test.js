import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lanesOf, linesOf, segmentsOf } from '#elements/text/blocks.js';
import { forAll } from '#support/random.js';

const anyText = (random) => random.list(12, () => random.pick(['a', 'bc', '\n', '\r\n', '\r', '🐄', ' '])).join('');
const anyEntities = (random, length) => Array.from({ length: length > 0 ? random.int(0, 6) : 0 }, (_, id) => {
  const start = random.int(0, length - 1);
  return { id, label: 'a', start, end: random.int(start + 1, length) };
}).sort((one, other) => one.start - other.start || one.end - other.end);

test('line ends belong to no line, but count', () => {
  assert.deepEqual(linesOf('a\r\nb\n\nc\r').map(({ start, text, until }) => [start, text, until]), [
    [0, 'a', 3], [3, 'b', 5], [5, '', 6], [6, 'c', 8], [8, '', 8],
  ]);
});

test('lines keep every character in its place', () => {
  forAll(300, (random) => {
    const text = anyText(random);
    const lines = linesOf(text);

    assert.equal(lines.map(({ start, until }) => text.slice(start, until)).join(''), text);
    for (const line of lines) assert.equal(text.slice(line.start, line.start + line.text.length), line.text);
    assert.ok(lines.every((line) => !/[\r\n]/u.test(line.text)));
  });
});

test('segments cut at every border, and an entity may end after a line end', () => {
  const entities = [{ id: 1, label: 'a', start: 0, end: 4 }, { id: 2, label: 'b', start: 2, end: 6 }, { id: 3, label: 'c', start: 6, end: 8 }];
  const segments = linesOf('abcdef\n\nrest').map((line) => segmentsOf(line, entities).map(
    ({ text, inside, ending }) => [text, inside.map(({ id }) => id), ending.map(({ id }) => id)]));

  assert.deepEqual(segments, [
    [['ab', [1], []], ['cd', [1, 2], [1]], ['ef', [2], [2]]],
    [['', [3], [3]]],
    [['rest', [], []]],
  ]);
});

test('the segments of a line are its text, and each entity ends in one segment of all lines', () => {
  forAll(300, (random) => {
    const text = anyText(random);
    const entities = anyEntities(random, text.length);
    const ended = new Map(entities.map(({ id }) => [id, 0]));
    for (const line of linesOf(text)) {
      const segments = segmentsOf(line, entities);
      assert.equal(segments.map((segment) => segment.text).join(''), line.text);
      for (const { ending } of segments) for (const { id } of ending) ended.set(id, ended.get(id) + 1);
      for (const { text: own, start, inside } of segments) {
        if (own) assert.deepEqual(inside, entities.filter((each) => each.start <= start && each.end >= start + own.length));
      }
    }

    assert.deepEqual([...ended.values()], entities.map(() => 1), JSON.stringify({ text, entities }));
  });
});

test('entities that overlap have lanes of their own, and no more than are needed', () => {
  const spans = [[0, 10], [2, 5], [4, 8], [8, 12], [20, 21]].map(([start, end], id) => ({ id, start, end, label: '' }));
  assert.deepEqual([...lanesOf(spans).values()], [0, 1, 2, 1, 0]);

  forAll(300, (random) => {
    const entities = anyEntities(random, 20);
    const lanes = lanesOf(entities);
    for (const one of entities) {
      for (const other of entities) {
        if (one.id !== other.id && one.start < other.end && other.start < one.end) assert.notEqual(lanes.get(one.id), lanes.get(other.id));
      }
    }
    const crowd = Math.max(0, ...Array.from({ length: 20 }, (_, place) => entities.filter(({ start, end }) => start <= place && place < end).length));
    assert.equal(new Set(lanes.values()).size, crowd);
  });
});
