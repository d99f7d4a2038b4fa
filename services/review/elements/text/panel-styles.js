import { css } from '../base/css.js';

/** The look that ranking and question writing share: instructions, a heading, a text, the work. */
export const panelStyles = css`
  :host { display: flex; flex-direction: column; flex: 1 1 auto; }
  .layout { display: flex; flex: 1 1 auto; }
  .work-area { flex: 1 1 auto; min-width: 0; padding: 20px 24px; }
  h1 { margin: 0 0 16px; font-size: 18px; font-weight: 600; }
  h1:empty, .source:empty { display: none; }
  .problem { color: var(--crowd-danger); }
  .source, .response, .pair {
    margin: 0 0 16px; padding: 14px 18px; border: 1px solid var(--crowd-line); border-radius: var(--crowd-radius);
    background: var(--crowd-surface); line-height: 1.6;
  }
  .source, .response p { white-space: pre-wrap; overflow-wrap: anywhere; }
  h2 { margin: 0 0 6px; font-size: 13px; font-weight: 600; color: var(--crowd-ink-soft); }
  .plain {
    padding: 6px 14px; border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small); background: var(--crowd-surface);
    font-size: 14px; font-weight: 600;
  }
`;

/** The frame of both: `inside` is the work below the text. @param {string} source @param {string} inside */
export const panelMarkup = (source, inside) => `
  <section class="work-area">
    <h1></h1><p class="problem" role="alert" hidden></p>
    ${source}
    ${inside}
    <slot></slot>
  </section>`;
