import { CrowdControl } from '../base/control.js';
import { css } from '../base/css.js';
import { t } from './texts.js';

const styles = css`
  .notice {
    margin: 16px; padding: 16px 20px; border: 1px solid var(--crowd-danger); border-radius: var(--crowd-radius);
    background: var(--crowd-danger-soft);
  }
  h3 { margin: 0 0 4px; font-size: 16px; color: var(--crowd-danger); }
  p { margin: 0; }
`;

const TAG = 'unsupported-notice';

/** The notice in an element that nobody has defined: it says so, and holds the form back, since its answer would be missing. */
export class UnsupportedNotice extends CrowdControl {
  static styles = [styles];
  static template = `
    <div class="notice" role="alert">
      <h3></h3>
      <p></p>
    </div>`;

  get title$() {
    return `<${this.parentElement?.localName}>`;
  }

  /** @param {AbortSignal} _signal */
  connected(_signal) {
    this.part$('h3').textContent = t('heading');
    this.part$('p').textContent = t('what_to_do', { tag: this.title$ });
    this.complain(t('missing'));
  }

  /** Nothing can be restored or missing. */
  restore() {}
}

/**
 * Put the notice into every undefined element of these names, also into those that come later. A template may define an
 * element of its own at any time: then the notice is removed.
 * @param {Document} page
 * @param {ReadonlySet<string>} dataTags of elements that only carry data for the one around; nobody defines them
 */
export const watchUnsupported = (page, dataTags) => {
  if (!customElements.get(TAG)) customElements.define(TAG, UnsupportedNotice);
  mark(page, dataTags);
  new MutationObserver(() => mark(page, dataTags)).observe(page, { childList: true, subtree: true });
};

/** @param {Document} page @param {ReadonlySet<string>} dataTags */
const mark = (page, dataTags) => {
  for (const element of page.querySelectorAll(':not(:defined)')) {
    const { localName } = element;
    if (!localName.startsWith('crowd-') || dataTags.has(localName) || element.querySelector(`:scope > ${TAG}`)) continue;
    const notice = page.createElement(TAG);
    element.append(notice);
    customElements.whenDefined(localName).then(() => notice.remove());
  }
};
