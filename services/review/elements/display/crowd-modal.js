import { css } from '../base/css.js';
import { closable } from '../base/dialog.js';
import { CrowdElement } from '../base/element.js';
import { openerStyles } from './opener-styles.js';
import { t } from './modal-texts.js';

/** A link or button that opens its content in a dialog; also by `open()` and `close()`. */
export class CrowdModal extends CrowdElement {
  static styles = [openerStyles, css`:host { margin: 0 0 16px; }`];
  static observedAttributes = ['link-text', 'link-type'];
  static template = `
    <button type="button" class="open link"></button>
    <dialog class="awsui-modal-dialog" aria-labelledby="heading">
      <header><h2 id="heading"></h2><button type="button" class="close">×</button></header>
      <div class="body"><slot></slot></div>
    </dialog>`;

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.part$('.close').setAttribute('aria-label', t('close'));
    this.part$('.open').addEventListener('click', () => this.open(), { signal });
    closable(this.part$('dialog'), signal);
    this.attributeChangedCallback();
  }

  attributeChangedCallback() {
    const text = this.getAttribute('link-text') ?? t('open_modal');
    this.part$('.open').textContent = text;
    this.part$('h2').textContent = text;
    this.part$('.open').className = this.getAttribute('link-type') === 'button' ? 'open button' : 'open link';
  }

  open() {
    if (!this.part$('dialog').open) this.part$('dialog').showModal();
  }

  close() {
    this.part$('dialog').close();
  }

  /** Show what is inside, so that it can be focused. @param {Element} _element */
  reveal(_element) {
    this.open();
  }
}
