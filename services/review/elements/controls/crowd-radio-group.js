import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';
import { CrowdRadioButton } from './crowd-radio-button.js';

const STEPS = new Map([['ArrowDown', 1], ['ArrowRight', 1], ['ArrowUp', -1], ['ArrowLeft', -1]]);

/** Holds radio buttons; arrow keys go from one to the next. */
export class CrowdRadioGroup extends CrowdElement {
  static styles = [css`:host { margin: 0 0 16px; }`];

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.setAttribute('role', 'radiogroup');
    this.addEventListener('keydown', (event) => this.#onKey(event), { signal });
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    const step = STEPS.get(event.key);
    const current = event.target;
    if (step === undefined || !(current instanceof CrowdRadioButton)) return;
    event.preventDefault();
    const buttons = current.companions().filter((button) => !button.disabled);
    const next = buttons[(buttons.indexOf(current) + step + buttons.length) % buttons.length];
    next?.focus();
    next?.choose();
  }
}
