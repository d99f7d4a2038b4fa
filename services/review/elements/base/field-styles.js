import { css } from './css.js';

/** The look of a caption, its field and the message below. */
export const fieldStyles = css`
  :host { margin: 0 0 16px; max-width: 40rem; }
  .caption { display: block; margin-bottom: 4px; font-size: 14px; font-weight: 500; }
  .caption:empty { display: none; }
  .caption.required::after { content: ' ' attr(data-required); color: var(--crowd-ink-soft); font-weight: 400; }
  .field {
    display: block; width: 100%; padding: 8px 12px; border: 1px solid var(--crowd-line-strong);
    border-radius: var(--crowd-radius-small); background: var(--crowd-surface); line-height: 1.4;
  }
  .field:hover { border-color: var(--crowd-ink-soft); }
  .field:focus-visible { border-color: var(--crowd-accent); outline-offset: 0; }
  .field:disabled { background: var(--crowd-ground); color: var(--crowd-ink-soft); }
  .field[aria-invalid='true'] { border-color: var(--crowd-danger); }
  .below { display: flex; justify-content: space-between; gap: 16px; font-size: 13px; }
  .error { color: var(--crowd-danger); }
  .counter { margin-left: auto; color: var(--crowd-ink-soft); }
`;

/** The look of a control with its caption at the side. */
export const choiceStyles = css`
  :host { display: block; margin: 0 0 4px; }
  label { display: inline-flex; align-items: flex-start; gap: 10px; padding: 4px 0; line-height: 1.5; cursor: pointer; }
  label:has(:disabled) { color: var(--crowd-ink-soft); cursor: not-allowed; }
  input { flex: none; width: 18px; height: 18px; margin: 2px 0 0; accent-color: var(--crowd-accent); cursor: inherit; }
`;
