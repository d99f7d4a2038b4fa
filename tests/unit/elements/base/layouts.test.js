import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laidOut, layOut } from '#elements/base/layouts.js';

test('the elements of a layout, as a selector; none is one too', () => {
  assert.equal(laidOut('fills'), ':is()');
  layOut('crowd-a', 'fills');
  layOut('crowd-b', 'flush');
  layOut('crowd-c', undefined);
  layOut('crowd-d', 'fills');

  assert.equal(laidOut('fills'), ':is(crowd-a, crowd-d)');
  assert.equal(laidOut('flush'), ':is(crowd-b)');
});
