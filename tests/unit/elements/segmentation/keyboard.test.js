import assert from 'node:assert/strict';
import { test } from 'node:test';
import { INSTANCE_SHORTCUTS, SHORTCUTS } from '#elements/segmentation/keyboard.js';
import { doesOn, key } from '#support/bench.js';

test('what each key does', () => {
  const table = [
    [key('b'), 'does.brush'], [key('p'), 'does.outline'], [key('e'), 'does.eraser'], [key('['), 'does.smaller'], [key(']'), 'does.larger'],
    [key('2'), 'does.digits'], [key('ArrowDown'), 'does.arrows'], [key('Enter'), 'does.pen'], [key('z', { ctrl: true }), 'does.undo'],
    [key('Delete'), 'does.delete'], [key('Delete', { shift: true }), 'does.clear'], [key('0'), 'does.fit'], [key('n'), undefined], [key('z'), undefined],
    [key('Enter', { ctrl: true }), undefined],
  ];

  for (const [event, does] of table) assert.equal(doesOn(SHORTCUTS, event), does, JSON.stringify(event));
});

test('things one by one have two keys more, and lose none', () => {
  const does = (shortcuts) => shortcuts.map((each) => each.does).sort();

  assert.deepEqual(does(INSTANCE_SHORTCUTS), does([...SHORTCUTS, { does: 'does.new' }, { does: 'does.selected' }]));
  assert.equal(doesOn(INSTANCE_SHORTCUTS, key('n')), 'does.new');
  assert.equal(doesOn(INSTANCE_SHORTCUTS, key('z')), 'does.selected');
});
