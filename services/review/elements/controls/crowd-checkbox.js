import { choiceStyles } from '../base/field-styles.js';
import { ChoiceControl } from './choice-control.js';

/** A checkbox; adds `{name: {value: true|false}}` to the answer. */
export class CrowdCheckbox extends ChoiceControl {
  static styles = [choiceStyles];
  static template = '<label><input type="checkbox"><span><slot></slot></span></label>';
}
