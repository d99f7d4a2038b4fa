import { texts } from '../base/texts.js';

/** The words of the elements for Textract and Rekognition. */
export const t = texts({
  en: {
    page: 'The document',
    missing_page: 'The document cannot be shown. It may be gone, or its link may have expired.',
    key: 'Key',
    value: 'Value',
    is_valid: 'Is this pair right?',
    yes: 'Yes',
    no: 'No',
    blank: 'The value is blank',
    not_found: 'Key not found in the document',
    pair: 'Pair {number}',
    important: 'Also look for',
    problem: 'This task cannot be read: {reason}',
    hold: 'the task is not set up properly',
    no_pairs: 'There are no pairs to check.',
  },
  ja: {
    page: '書類',
    missing_page: '書類を表示できません。削除されたか、リンクの有効期限が切れた可能性があります。',
    key: 'キー',
    value: '値',
    is_valid: 'この組み合わせは正しいですか？',
    yes: 'はい',
    no: 'いいえ',
    blank: '値は空欄です',
    not_found: 'キーが書類に見つかりません',
    pair: '組み合わせ{number}',
    important: 'ほかに探すもの',
    problem: 'このタスクを読み取れません：{reason}',
    hold: 'タスクの設定に問題があります',
    no_pairs: '確認する組み合わせはありません。',
  },
});
