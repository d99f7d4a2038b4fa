import { css } from '../base/css.js';
import { choiceStyles } from '../base/field-styles.js';
import { ChoiceControl } from './choice-control.js';

const styles = css`
  input {
    appearance: none; position: relative; width: 36px; height: 20px; margin-top: 1px; border-radius: 10px;
    background: var(--crowd-line-strong); transition: background 120ms;
  }
  input::after {
    content: ''; position: absolute; inset: 2px auto 2px 2px; width: 16px; border-radius: 50%;
    background: #fff; box-shadow: 0 1px 2px rgb(0 0 0 / 30%); transition: translate 120ms;
  }
  input:checked { background: var(--crowd-accent); }
  input:checked::after { translate: 16px 0; }
  :host([invalid]:not([invalid='false'])) input:not(:checked) { background: var(--crowd-danger); }
`;

/** A switch; adds `{name: {on: true|false}}` to the answer. */
export class CrowdToggleButton extends ChoiceControl {
  static styles = [choiceStyles, styles];
  static template = '<label><input type="checkbox" role="switch"><span><slot></slot></span></label>';
}
