import { css } from '../base/css.js';
import { PressBase } from './press-base.js';

const styles = css`
  button { width: 56px; height: 56px; background: var(--crowd-accent); color: #fff; font-size: 22px; font-weight: 600; box-shadow: var(--crowd-shadow); }
  button:hover:not([aria-disabled='true']) { background: var(--crowd-accent-strong); }
`;

/** A round button with an `icon`, or a `label` of one character; `title` says what it does. */
export class CrowdFab extends PressBase {
  static styles = [...PressBase.styles, styles];
}
