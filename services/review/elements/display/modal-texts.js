import { texts } from '../base/texts.js';

/** The words of a modal. */
export const t = texts({
  en: { open_modal: 'Click to open modal', close: 'Close' },
  ja: { open_modal: 'クリックして開く', close: '閉じる' },
});
