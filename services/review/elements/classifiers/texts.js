import { texts } from '../base/texts.js';

/** The words of classifiers. */
export const t = texts({
  en: {
    choose: 'please choose a category',
    image: 'Image to classify',
    missing: 'The image cannot be shown. It may be gone, or its link may have expired.',
    loading: 'the image is still loading',
    no_image: 'the image cannot be shown',
    comment: 'Add a comment',
    close: 'Close',
    done: 'Done',
  },
  ja: {
    choose: 'カテゴリを選択してください',
    image: '分類する画像',
    missing: '画像を表示できません。画像が削除されたか、リンクの有効期限が切れた可能性があります。',
    loading: '画像を読み込んでいます',
    no_image: '画像を表示できません',
    comment: 'コメントを追加',
    close: '閉じる',
    done: '完了',
  },
});
