import { texts } from '../base/texts.js';

/** The words of elements that only show something. */
export const t = texts({
  en: {
    dismiss: 'Dismiss',
    close: 'Close',
    instructions: 'Instructions',
    open: 'Click for instructions',
    summary: 'Summary',
    detailed: 'Detailed Instructions',
    examples: 'Examples',
    good: 'Good',
    bad: 'Bad',
  },
  ja: {
    dismiss: '閉じる',
    close: '閉じる',
    instructions: '作業手順',
    open: '作業手順を見る',
    summary: '概要',
    detailed: '詳しい手順',
    examples: '例',
    good: 'よい例',
    bad: '悪い例',
  },
});
