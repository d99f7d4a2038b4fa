import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialReader, instanceSegments, semanticSegments } from '#elements/segmentation/initial.js';
import { t } from '#support/bench.js';

test('the segments of an initial value, in both forms', () => {
  assert.deepEqual(semanticSegments({ labelMappings: { cat: { color: '#fff' }, dog: null } }), [{ label: 'cat', color: '#fff' }, { label: 'dog', color: undefined }]);
  assert.deepEqual(instanceSegments({ instances: [{ label: 'cat', color: '#fff' }, null, 7] }), [
    { label: 'cat', color: '#fff' }, { label: 'undefined', color: undefined }, { label: 'undefined', color: undefined },
  ]);
  for (const strange of [{}, { labelMappings: null, instances: 'x' }, { labelMappings: 3, instances: {} }]) {
    assert.deepEqual([semanticSegments(strange), instanceSegments(strange)], [[], []]);
  }
});

test('nothing is nothing, and what has no picture is refused in words', async () => {
  const read = initialReader(t, semanticSegments);
  const size = { width: 4, height: 3 };

  assert.deepEqual(await read(undefined, ['cat'], size), { shapes: { tiles: [undefined], segments: [] }, remarks: [] });
  for (const strange of [{}, 'mask.png', 7, [], { labeledImage: {} }]) await assert.rejects(read(strange, ['cat'], size), { name: 'TypeError', message: 'initial.not' });
});
