import { css } from '../base/css.js';
import { PressBase } from './press-base.js';

const styles = css`
  button { width: 40px; height: 40px; background: none; color: var(--crowd-ink); }
  button:hover:not([aria-disabled='true']) { background: var(--crowd-line); }
`;

/** A button that is only an icon; `title` says what it does. */
export class CrowdIconButton extends PressBase {
  static styles = [...PressBase.styles, styles];
}
