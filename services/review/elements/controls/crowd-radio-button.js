import { choiceStyles } from '../base/field-styles.js';
import { ChoiceControl } from './choice-control.js';

/** One choice of several; adds `{name: {value: true|false}}` to the answer. Its group keeps it the only one. */
export class CrowdRadioButton extends ChoiceControl {
  static styles = [choiceStyles];
  static template = '<label><input type="radio"><span><slot></slot></span></label>';

  /** Amazon's radio buttons have no `required`: a page that sets it must not get stuck. */
  get required() {
    return false;
  }

  set required(_next) {}

  /** @param {AbortSignal} signal */
  connected(signal) {
    super.connected(signal);
    if (this.checked) this.chosen();
  }

  /** Choose this one, as a press on it does. */
  choose() {
    if (!this.checked) this.click();
  }

  chosen() {
    if (!this.isConnected) return;
    for (const other of this.companions()) if (other !== this && other.checked) other.checked = false;
  }

  /**
   * The radio buttons that exclude each other: those of the group, or without a group those of the name.
   * @returns {CrowdRadioButton[]}
   */
  companions() {
    const group = this.closest('crowd-radio-group');
    const root = group ?? this.closest('crowd-form') ?? document;
    const buttons = Array.from(root.querySelectorAll('crowd-radio-button')).filter((other) => other instanceof CrowdRadioButton);
    return group ? buttons : buttons.filter((other) => other.name === this.name && !other.closest('crowd-radio-group'));
  }
}
