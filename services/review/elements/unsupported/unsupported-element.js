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

/** Stands in for an element that we do not have: says so, and holds the form back, since its answer would be missing. */
export class UnsupportedElement extends CrowdControl {
  static styles = [styles];
  static template = `
    <div class="notice" role="alert">
      <h3></h3>
      <p></p>
    </div>
    <slot></slot>`;

  get title$() {
    return `<${this.localName}>`;
  }

  /** @param {AbortSignal} _signal */
  connected(_signal) {
    this.part$('h3').textContent = t('heading');
    this.part$('p').textContent = t('what_to_do', { tag: `<${this.localName}>` });
    this.complain(t('missing'));
  }
}
