import { css } from '../base/css.js';
import { closable } from '../base/dialog.js';
import { CrowdElement } from '../base/element.js';

/** The regions, in the order of the tabs: tag, tab. */
const PAGES = /** @type {const} */ ([
  ['short-summary', 'Summary'],
  ['detailed-instructions', 'Detailed Instructions'],
  ['positive-example', 'Examples'],
  ['negative-example', 'Examples'],
]);
const TABS = ['Summary', 'Detailed Instructions', 'Examples'];

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
    <dialog class="awsui-modal-dialog" aria-label="Instructions">
      <header><h2>Instructions</h2><button type="button" class="close" aria-label="Close">×</button></header>
      <div class="body">
        <crowd-tabs>
          <crowd-tab header="Summary"><slot name="short-summary"></slot></crowd-tab>
          <crowd-tab header="Detailed Instructions"><slot name="detailed-instructions"></slot></crowd-tab>
          <crowd-tab header="Examples">
            <p class="verdict good">Good</p><slot name="positive-example"></slot>
            <p class="verdict bad">Not so</p><slot name="negative-example"></slot>
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
    button.textContent = this.getAttribute('link-text') ?? 'Click for instructions';
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
    for (const tab of TABS) if (!used.has(tab)) this.shadowRoot?.querySelector(`crowd-tab[header="${tab}"]`)?.remove();
    for (const [tag, verdict] of [['positive-example', 'good'], ['negative-example', 'bad']]) {
      const shown = this.shadowRoot?.querySelector(`.${verdict}`);
      shown?.toggleAttribute('hidden', this.querySelector(`:scope > ${tag}`) === null);
    }
  }
}
