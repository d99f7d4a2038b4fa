import { css } from '../base/css.js';
import { closable } from '../base/dialog.js';
import { CrowdElement } from '../base/element.js';
import { t } from './texts.js';

/** The regions, in the order of the tabs: tag, tab. */
const PAGES = /** @type {const} */ ([
  ['short-summary', 'summary'],
  ['detailed-instructions', 'detailed'],
  ['positive-example', 'examples'],
  ['negative-example', 'examples'],
]);
const TABS = ['summary', 'detailed', 'examples'];

const styles = css`
  :host { margin: 0 0 16px; }
  .open.button {
    padding: 6px 16px; border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small);
    background: var(--crowd-surface); font-size: 14px; font-weight: 600;
  }
  .verdict { margin: 16px 0 4px; font-size: 14px; font-weight: 600; }
  .good { color: var(--crowd-success); }
  .bad { color: var(--crowd-danger); }
  crowd-tab:not(:defined), crowd-tabs:not(:defined) { display: block; }
`;

/** A link or button that opens the instructions in a dialog of three tabs. */
export class CrowdInstructions extends CrowdElement {
  static styles = [styles];
  static observedAttributes = ['link-text', 'link-type'];
  static template = `
    <button type="button" class="open link"></button>
    <dialog class="awsui-modal-dialog" aria-label="${t('instructions')}">
      <header><h2>${t('instructions')}</h2><button type="button" class="close" aria-label="${t('close')}">×</button></header>
      <div class="body">
        <crowd-tabs>
          <crowd-tab class="summary" header="${t('summary')}"><slot name="short-summary"></slot></crowd-tab>
          <crowd-tab class="detailed" header="${t('detailed')}"><slot name="detailed-instructions"></slot></crowd-tab>
          <crowd-tab class="examples" header="${t('examples')}">
            <p class="verdict good">${t('good')}</p><slot name="positive-example"></slot>
            <p class="verdict bad">${t('bad')}</p><slot name="negative-example"></slot>
          </crowd-tab>
        </crowd-tabs>
      </div>
    </dialog>`;

  /** @param {AbortSignal} signal */
  connected(signal) {
    const dialog = this.part$('dialog');
    this.part$('.open').addEventListener('click', () => dialog.showModal(), { signal });
    closable(dialog, signal);
    this.attributeChangedCallback();
    this.#place();
  }

  attributeChangedCallback() {
    const button = this.part$('.open');
    button.textContent = this.getAttribute('link-text') ?? t('open');
    const asButton = this.getAttribute('link-type') === 'button';
    button.className = asButton ? 'open button' : 'open link';
  }

  #place() {
    const used = new Set();
    for (const child of this.children) {
      const page = PAGES.find(([tag]) => tag === child.localName);
      if (!page) continue;
      child.slot = page[0];
      used.add(page[1]);
    }
    for (const tab of TABS) if (!used.has(tab)) this.shadowRoot?.querySelector(`crowd-tab.${tab}`)?.remove();
    for (const [tag, verdict] of [['positive-example', 'good'], ['negative-example', 'bad']]) {
      const shown = this.shadowRoot?.querySelector(`.${verdict}`);
      shown?.toggleAttribute('hidden', this.querySelector(`:scope > ${tag}`) === null);
    }
  }
}
