import { texts } from './texts.js';

/** The words around the instructions of a task. */
export const t = texts({
  en: {
    short: 'Instructions',
    full: 'Full instructions',
    more: 'View full instructions',
    beside: 'Keep beside the image',
    large: 'Show large',
    close: 'Close',
  },
  ja: {
    short: '作業手順',
    full: '詳しい作業手順',
    more: '詳しい作業手順を見る',
    beside: '画像の横に表示する',
    large: '大きく表示する',
    close: '閉じる',
  },
});
