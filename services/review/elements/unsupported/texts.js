import { texts } from '../base/texts.js';

/** The words of the notice on a page that cannot work. */
export const t = texts({
  en: {
    heading: 'This task cannot be done here',
    what_to_do: 'It uses {tag}, which this review service does not have. Please decline the task and tell the people who created it.',
    missing: 'this review service does not have this element',
    no_form: 'This page has no <crowd-form> around its content, so nothing can be submitted.',
  },
  ja: {
    heading: 'このタスクはここでは行えません',
    what_to_do: 'このタスクは{tag}を使いますが、このレビューサービスにはありません。タスクを辞退し、依頼した方にお知らせください。',
    missing: 'このレビューサービスにはない部品です',
    no_form: 'このページの内容は <crowd-form> で囲まれていないため、何も送信できません。',
  },
});
