import assert from 'node:assert/strict';
import { test } from 'node:test';
import { texts } from '#elements/base/texts.js';
import { speak } from '#support/page.js';

const t = texts({ en: { both: 'Both {count} of {all}', english: 'English' }, ja: { both: '{all} の {count}' } });

test('sentences in the language of the page, with their values; English where there is none', () => {
  speak('ja-JP');
  assert.equal(t('both', { count: 1, all: '{count}' }), '{count} の 1');
  assert.equal(t('english'), 'English');
  speak('fr');

  assert.equal(t('both', { count: 0 }), 'Both 0 of {all}');
});

test('a sentence that there is not is a fault of ours', () => {
  speak('en');

  assert.throws(() => t('none'), { message: 'there is no sentence "none"' });
});
