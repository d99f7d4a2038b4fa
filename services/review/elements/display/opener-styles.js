import { css } from '../base/css.js';

/** The look of what opens a dialog: as a link or as a button. */
export const openerStyles = css`
  .open.button {
    padding: 6px 16px; border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small);
    background: var(--crowd-surface); font-size: 14px; font-weight: 600;
  }
`;
