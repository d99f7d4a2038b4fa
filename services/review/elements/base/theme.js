import { css } from './css.js';

/**
 * The tokens and the page around the elements. All rules are in `:where()`, so that any rule of the page itself is
 * stronger; a page may override the tokens on `:root`.
 */
export const pageStyles = css`
  :where(:root) {
    --crowd-accent: #3152c8;
    --crowd-accent-strong: #2440a3;
    --crowd-accent-soft: #edf0fc;
    --crowd-ink: #1a2130;
    --crowd-ink-soft: #5b6475;
    --crowd-line: #dde1e8;
    --crowd-line-strong: #bcc3cf;
    --crowd-surface: #ffffff;
    --crowd-ground: #f5f6f8;
    --crowd-danger: #b3261e;
    --crowd-danger-soft: #fdf0ee;
    --crowd-warning: #8a5a00;
    --crowd-warning-soft: #fdf5e3;
    --crowd-success: #1c6b3c;
    --crowd-success-soft: #eaf6ee;
    --crowd-radius: 8px;
    --crowd-radius-small: 5px;
    --crowd-shadow: 0 1px 2px rgb(20 30 60 / 8%), 0 8px 24px rgb(20 30 60 / 12%);
    --crowd-font: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', sans-serif;
    color-scheme: light;
  }
  :where(body) {
    margin: 0;
    background: var(--crowd-ground);
    color: var(--crowd-ink);
    font: 15px/1.5 var(--crowd-font);
  }
  :where(kbd) {
    padding: 0 5px; border: 1px solid var(--crowd-line-strong); border-bottom-width: 2px; border-radius: 4px;
    background: var(--crowd-surface); font: 600 0.85em var(--crowd-font);
  }
  :where(short-instructions) :where(ol, ul) { padding-left: 1.3em; }
  :where(short-instructions, full-instructions) :where(li) { margin-bottom: 4px; }
  :where(short-instructions, full-instructions) > :where(:first-child) { margin-top: 0; }
  :where(full-instructions) :where(h3) { margin: 20px 0 6px; font-size: 16px; }
  :where(full-instructions) :where(ul, ol) { margin: 0; padding-left: 1.4em; }
  :where(crowd-form) :where(img, video) { max-width: 100%; }
  :where(crowd-form) :where(input:not([type='checkbox'], [type='radio'], [type='range'], [type='hidden']), select, textarea) {
    padding: 6px 10px;
    border: 1px solid var(--crowd-line-strong);
    border-radius: var(--crowd-radius-small);
    background: var(--crowd-surface);
    color: inherit;
    font: inherit;
  }
  :where(crowd-form) :where(input[type='checkbox'], input[type='radio'], input[type='range']) { accent-color: var(--crowd-accent); }
  :where(crowd-form) :where(input, select, textarea, button):focus-visible { outline: 2px solid var(--crowd-accent); outline-offset: 1px; }
`;

/** The style that every shadow root starts with. */
export const elementStyles = css`
  :host { display: block; box-sizing: border-box; color: var(--crowd-ink); font-family: var(--crowd-font); }
  :host([hidden]), [hidden] { display: none !important; }
  *, *::before, *::after { box-sizing: border-box; }
  button, input, textarea, select { font: inherit; color: inherit; }
  button { cursor: pointer; }
  button:disabled { cursor: not-allowed; }
  :focus { outline: none; }
  :focus-visible { outline: 2px solid var(--crowd-accent); outline-offset: 2px; }
  .visually-hidden {
    position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
  }
  .link {
    padding: 0; border: 0; background: none; color: var(--crowd-accent); text-align: left;
    text-decoration: underline; text-underline-offset: 2px;
  }
  .link:hover { color: var(--crowd-accent-strong); }
  dialog {
    width: min(44rem, calc(100vw - 48px)); max-height: calc(100dvh - 48px); padding: 0; overflow: hidden;
    border: 0; border-radius: 12px; background: var(--crowd-surface); color: var(--crowd-ink); box-shadow: var(--crowd-shadow);
  }
  dialog[open] { display: flex; flex-direction: column; }
  dialog::backdrop { background: rgb(20 28 48 / 45%); }
  dialog > header {
    display: flex; align-items: center; justify-content: space-between; gap: 16px;
    padding: 16px 24px; border-bottom: 1px solid var(--crowd-line);
  }
  dialog > header h2 { margin: 0; font-size: 18px; font-weight: 600; }
  dialog > .body { padding: 16px 24px 24px; overflow: auto; }
  .close {
    display: grid; place-items: center; width: 32px; height: 32px; padding: 0; border: 0; border-radius: 50%;
    background: none; color: var(--crowd-ink-soft); font-size: 20px; line-height: 1;
  }
  .close:hover { background: var(--crowd-ground); color: var(--crowd-ink); }
  @media (prefers-reduced-motion: reduce) { *, *::before, *::after { transition: none !important; animation: none !important; } }
`;

/**
 * Give a document the tokens and the page styles.
 * @param {Document} page
 */
export const dress = (page) => {
  if (!page.adoptedStyleSheets.includes(pageStyles)) page.adoptedStyleSheets = [...page.adoptedStyleSheets, pageStyles];
};
