import { texts } from '../base/texts.js';

/** The words of controls. */
export const t = texts({
  en: {
    required: '(required)',
    tick: 'please tick this to go on',
    value: 'please choose a value',
    fill_in: 'please fill this in',
    at_least: 'at least {count} characters, please',
    exact: 'Exact value',
    slider: 'Slider',
  },
  ja: {
    required: '（必須）',
    tick: 'チェックを入れてください',
    value: '値を選択してください',
    fill_in: '入力してください',
    at_least: '{count} 文字以上で入力してください',
    exact: '値を直接入力',
    slider: 'スライダー',
  },
});
