import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';
import { t } from './texts.js';

const styles = css`
  :host { --tone: var(--crowd-accent); --ground: var(--crowd-accent-soft); margin: 0 0 16px; }
  :host([type='success']) { --tone: var(--crowd-success); --ground: var(--crowd-success-soft); }
  :host([type='error']) { --tone: var(--crowd-danger); --ground: var(--crowd-danger-soft); }
  :host([type='warning']) { --tone: var(--crowd-warning); --ground: var(--crowd-warning-soft); }
  .alert {
    display: flex; align-items: flex-start; gap: 12px; padding: 12px 16px; border: 1px solid var(--tone);
    border-radius: var(--crowd-radius); background: var(--ground);
  }
  .text { flex: 1 1 auto; min-width: 0; }
  .close { display: none; flex: none; width: 24px; height: 24px; }
  :host([dismissible]:not([dismissible='false'])) .close { display: grid; }
`;

/** A message to the worker: `type` info, success, warning or error. */
export class CrowdAlert extends CrowdElement {
  static styles = [styles];
  static template = `
    <div class="alert"><div class="text"><slot></slot></div><button type="button" class="close" aria-label="${t('dismiss')}">×</button></div>`;

  /** @param {AbortSignal} signal */
  connected(signal) {
    const type = this.getAttribute('type');
    this.setAttribute('role', type === 'error' || type === 'warning' ? 'alert' : 'status');
    this.part$('.close').addEventListener('click', () => this.remove(), { signal });
  }
}
