import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { readBoxes } from '#elements/boxes/answer.js';
import { speak } from '#support/page.js';

const SIZE = { width: 400, height: 300 };

before(() => speak('en'));

test('initial boxes are clipped, strange ones refused, and the worker is told how many and why', () => {
  const { shapes, remarks } = readBoxes([
    { label: 'cat', left: 390.4, top: -3, width: 50, height: 20.4 },
    { label: 'yeti', left: 1, top: 1, width: 5, height: 5 },
    { label: 'dog', left: 1, top: 1, width: 0, height: 5 },
    { label: 'dog', left: 'left', top: 1, width: 5, height: 5 },
    { label: 'dog', left: '7', top: '8', width: '9', height: '10' },
  ], ['cat', 'dog'], SIZE);

  assert.deepEqual(shapes, [
    { label: 'cat', shape: { left: 390, top: 0, width: 10, height: 17 } },
    { label: 'dog', shape: { left: 7, top: 8, width: 9, height: 10 } },
  ]);
  assert.deepEqual(remarks, [
    'Boxes that have no size inside the image were not drawn: 2.',
    'Boxes whose label is not in the list ("yeti") were not drawn: 1.',
    'Boxes cut off at the border of the image: 1.',
  ]);
});

test('an answer is read as the list that it holds', () => {
  const box = { label: 'cat', left: 1, top: 2, width: 3, height: 4 };

  assert.deepEqual(readBoxes({ boundingBoxes: [box] }, ['cat'], SIZE).shapes, [{ label: 'cat', shape: { left: 1, top: 2, width: 3, height: 4 } }]);
});

test('what is no list of boxes draws nothing and breaks nothing', () => {
  for (const value of [undefined, null, 3, 'boxes', {}, { boundingBoxes: 7 }, [null, 1, 'x', [], { label: 'cat' }, { label: 'cat', left: null, top: null, width: null, height: null }]]) {
    assert.deepEqual(readBoxes(value, ['cat'], SIZE).shapes, [], JSON.stringify(value));
  }
});
