import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { GESTURES, SHORTCUTS } from '#elements/boxes/keyboard.js';
import { t } from '#elements/boxes/texts.js';
import { TOOLS } from '#elements/boxes/tools.js';
import { doesOn, key } from '#support/bench.js';
import { speak } from '#support/page.js';

before(() => speak('en'));

test('what each key does', () => {
  const table = [
    [key('n'), 'does.new'], [key('N', { shift: true }), 'does.new'], [key('3'), 'does.digits'], [key('l'), 'does.find'],
    [key('ArrowLeft'), 'does.arrows'], [key('ArrowLeft', { shift: true }), 'does.arrows'],
    [key('ArrowLeft', { ctrl: true }), 'does.last-edge'], [key('ArrowLeft', { alt: true }), 'does.first-edge'],
    [key('ArrowLeft', { ctrl: true, alt: true }), 'does.last-edge'],
    [key('Delete'), 'does.delete'], [key('Backspace', { shift: true }), 'does.clear'],
    [key('z', { ctrl: true }), 'does.undo'], [key('z', { meta: true }), 'does.undo'],
    [key('Z', { ctrl: true, shift: true }), 'does.redo'], [key('y', { ctrl: true }), 'does.redo'],
    [key('z'), 'does.selected'], [key('0'), 'does.fit'], [key('?', { shift: true }), 'does.help'], [key('Escape'), 'does.escape'],
    [key('n', { ctrl: true }), undefined], [key('Tab'), undefined], [key('Enter', { ctrl: true }), undefined], [key('q'), undefined],
  ];

  for (const [event, does] of table) assert.equal(doesOn(SHORTCUTS, event), does, JSON.stringify(event));
});

test('every row of the panel and every button has its words, in both languages', () => {
  const keys = [...SHORTCUTS, ...GESTURES].flatMap((row) => [row.keys, row.does]).concat(TOOLS.flatMap(({ name, keys: hint }) => [name, hint]));
  const english = keys.map((each) => t(each));
  speak('ja');
  const japanese = keys.map((each) => t(each));
  speak('en');

  assert.deepEqual(keys.filter((each, index) => each.startsWith('does.') && english[index] === japanese[index]), []);
});
