import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hit, smallestAround } from '#elements/boxes/hit.js';

const large = { id: 1, label: 'a', shape: { left: 0, top: 0, width: 200, height: 200 } };
const small = { id: 2, label: 'b', shape: { left: 50, top: 50, width: 40, height: 40 } };
const twin = { id: 3, label: 'c', shape: { left: 50, top: 50, width: 40, height: 40 } };

test('the selected box is taken by its handles and by its inside', () => {
  assert.deepEqual(hit([large, small], small, { x: 50, y: 50 }, 8), { what: 'handle', annotation: small, handle: 'nw' });
  assert.deepEqual(hit([large, small], small, { x: 70, y: 70 }, 8), { what: 'box', annotation: small });
});

test('the inside of a box that is not selected is free for drawing, its border is not', () => {
  assert.deepEqual(hit([large, small], undefined, { x: 70, y: 70 }, 8), { what: 'image' });
  assert.deepEqual(hit([large, small], undefined, { x: 52, y: 70 }, 8), { what: 'box', annotation: small });
});

test('of boxes in one place the last, which lies on top, is taken', () => {
  assert.deepEqual(hit([large, small, twin], undefined, { x: 50, y: 70 }, 8), { what: 'box', annotation: twin });
});

test('a click means the smallest box around it', () => {
  assert.equal(smallestAround([large, small], { x: 70, y: 70 }), small);
  assert.equal(smallestAround([small, large], { x: 70, y: 70 }), small);
  assert.equal(smallestAround([small, large], { x: 10, y: 10 }), large);
  assert.equal(smallestAround([small, large], { x: 300, y: 10 }), undefined);
});
