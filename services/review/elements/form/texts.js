import { texts } from '../base/texts.js';

/** The words of the form. */
export const t = texts({
  en: {
    submit: 'Submit',
    answer: 'Answer',
    not_saved: 'The answer could not be saved. Please submit again.',
    incomplete: 'please complete this',
  },
  ja: {
    submit: '送信',
    answer: '回答',
    not_saved: '回答を保存できませんでした。もう一度送信してください。',
    incomplete: '入力を完了してください',
  },
});
