import { css } from '../base/css.js';
import { closable } from '../base/dialog.js';
import { t } from './texts.js';

/** @typedef {import('../base/element.js').CrowdElement} CrowdElement */

/** A link below the categories, and the dialog it opens. */
export const commentMarkup = `
  <p class="comment" hidden><button type="button" class="link comment-link"></button></p>
  <dialog class="comment-dialog" aria-labelledby="comment-heading">
    <header><h2 id="comment-heading"></h2><button type="button" class="close" aria-label="${t('close')}">×</button></header>
    <div class="body">
      <slot name="worker-comment"></slot>
      <textarea class="comment-text" rows="5" aria-labelledby="comment-heading"></textarea>
      <button type="button" class="close done">${t('done')}</button>
    </div>
  </dialog>`;

export const commentStyles = css`
  .comment { margin: 12px 0 0; }
  .comment-text {
    width: 100%; margin: 8px 0 12px; padding: 8px 12px; border: 1px solid var(--crowd-line-strong);
    border-radius: var(--crowd-radius-small); resize: vertical;
  }
  .close.done {
    width: auto; height: auto; padding: 8px 18px; border-radius: var(--crowd-radius-small); background: var(--crowd-accent);
    color: #fff; font-size: 14px; font-weight: 600; line-height: 1.4;
  }
`;

/** The worker's own remark on a task; only if the page has a `<worker-comment>`. */
export class WorkerComment {
  #host;

  /** @param {CrowdElement} host */
  constructor(host) {
    this.#host = host;
  }

  get text() {
    return this.#host.part$('.comment-text').value.trim();
  }

  /** @param {string} next */
  set text(next) {
    this.#host.part$('.comment-text').value = next;
  }

  /**
   * @param {AbortSignal} signal
   * @param {() => void} changed
   */
  connect(signal, changed) {
    const region = Array.from(this.#host.children).find((child) => child.localName === 'worker-comment');
    this.#host.part$('.comment').hidden = !region;
    if (!region) return;
    region.slot = 'worker-comment';
    const link = this.#host.part$('.comment-link');
    const text = this.#host.part$('.comment-text');
    const dialog = this.#host.part$('.comment-dialog');
    link.textContent = region.getAttribute('link-text') || t('comment');
    this.#host.part$('#comment-heading').textContent = region.getAttribute('header') || t('comment');
    text.placeholder = region.getAttribute('placeholder') ?? '';
    link.addEventListener('click', () => dialog.showModal(), { signal });
    text.addEventListener('change', changed, { signal });
    closable(dialog, signal);
  }
}
