import { css } from '../base/css.js';

/** The look of the tool around the text. */
export const annotatorStyles = css`
  :host { display: flex; flex-direction: column; flex: 1 1 auto; }
  .layout { display: flex; flex: 1 1 auto; }
  form > :not(.layout) { margin-inline: 24px; }
  .annotation-area { flex: 1 1 auto; min-width: 0; padding: 20px 24px; }
  .header { margin: 0 0 16px; font-size: 18px; font-weight: 600; line-height: 1.35; }
  .header:empty { display: none; }
  .problem { margin: 0 0 16px; padding: 10px 14px; border-radius: var(--crowd-radius); background: var(--crowd-warning-soft); color: var(--crowd-warning); }
  .columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(220px, 300px); gap: 24px; align-items: start; }
  .paper { min-width: 0; border: 1px solid var(--crowd-line); border-radius: var(--crowd-radius); background: var(--crowd-surface); }
  .side { position: sticky; top: 16px; display: flex; flex-direction: column; gap: 12px; max-height: calc(100dvh - 96px); overflow: auto; padding: 2px; }
  .side h2 { margin: 4px 0 -4px; font-size: 13px; font-weight: 600; color: var(--crowd-ink-soft); }
  .hint { margin: 0; font-size: 13px; color: var(--crowd-ink-soft); }
  .hint.armed { color: var(--crowd-accent-strong); font-weight: 600; }
  .tools { display: flex; gap: 8px; }
  .tools button {
    padding: 6px 12px; border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small);
    background: var(--crowd-surface); font-size: 13px; font-weight: 600;
  }
  .tools button:disabled { opacity: 0.5; }
  .labels { display: flex; flex-direction: column; gap: 4px; }
  .label-button {
    display: flex; align-items: center; gap: 10px; min-height: 40px; padding: 8px 12px; border: 1px solid var(--crowd-line);
    border-radius: var(--crowd-radius-small); background: var(--crowd-surface); font-size: 14px; text-align: left; touch-action: manipulation;
  }
  .label-button:hover { background: var(--crowd-ground); }
  .label-button.selected { border-color: var(--crowd-accent); background: var(--crowd-accent-soft); font-weight: 600; }
  .label-button .swatch { flex: none; width: 14px; height: 14px; border-radius: 4px; background: var(--mark); }
  .label-button .name { flex: 1 1 auto; min-width: 0; overflow-wrap: anywhere; }
  .label-button .count { color: var(--crowd-ink-soft); font-size: 12px; font-variant-numeric: tabular-nums; }
  .marks { display: flex; flex-direction: column; gap: 2px; margin: 0; padding: 0; list-style: none; }
  .marks:empty { display: none; }
  .marks li { display: flex; align-items: center; border-radius: var(--crowd-radius-small); }
  .marks li.chosen { background: var(--crowd-accent-soft); }
  .marks .go {
    display: flex; align-items: center; gap: 8px; flex: 1 1 auto; min-width: 0; padding: 6px 8px; border: 0; background: none;
    font-size: 13px; text-align: left;
  }
  .marks .swatch { flex: none; width: 10px; height: 10px; border-radius: 3px; background: var(--mark); }
  .marks .name { flex: none; max-width: 40%; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--crowd-ink-soft); }
  .marks .text { min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .keys { font-size: 13px; color: var(--crowd-ink-soft); }
  .keys summary { cursor: pointer; }
  .keys dl { display: grid; grid-template-columns: auto 1fr; gap: 4px 10px; margin: 8px 0 0; }
  .keys dt { font-weight: 600; }
  .keys dd { margin: 0; }
  ::slotted(classification-target) { display: block; }
  @media (max-width: 760px) {
    .annotation-area { padding: 16px 12px; }
    .columns { grid-template-columns: minmax(0, 1fr); }
    .side { position: sticky; bottom: 56px; top: auto; z-index: 1; max-height: 40dvh; padding: 8px; border: 1px solid var(--crowd-line); border-radius: var(--crowd-radius); background: var(--crowd-surface); }
    .labels { flex-direction: row; flex-wrap: wrap; }
    .label-button .key, .marks-heading, .marks, .keys { display: none; }
  }
`;

/** The look of the text itself, which is in the page's own tree: only there selecting works the same in every browser. */
export const textStyles = css`
  .crowd-annotated-text {
    position: relative; padding: 16px 20px; min-height: 8em; color: var(--crowd-ink); font: 16px/2.1 var(--crowd-font);
    text-align: start; white-space: pre-wrap; overflow-wrap: anywhere; cursor: text; outline: none; border-radius: var(--crowd-radius);
    -webkit-user-select: text; user-select: text; touch-action: manipulation;
  }
  .crowd-annotated-text:focus-visible { outline: 2px solid var(--crowd-accent); outline-offset: 1px; }
  .crowd-annotated-text::selection, .crowd-annotated-text ::selection { background: #b9c8ff; color: inherit; }
  .crowd-annotated-text .crowd-line { min-height: 2.1em; }
  .crowd-annotated-text .crowd-mark {
    padding: 2px 0 5px; color: inherit; background-color: color-mix(in srgb, var(--mark) 20%, transparent);
    background-repeat: no-repeat; background-size: 100% 3px; border-radius: 3px 3px 0 0;
  }
  .crowd-annotated-text .crowd-mark.chosen { background-color: color-mix(in srgb, var(--mark) 45%, transparent); }
  .crowd-annotated-text .crowd-tag {
    display: inline-flex; align-items: center; gap: 2px; margin: 0 3px; padding: 0 0 0 6px; border-radius: 4px; background: var(--mark);
    color: var(--mark-ink); font-size: 11px; font-weight: 600; line-height: 20px; vertical-align: 1px; cursor: pointer; white-space: nowrap;
    -webkit-user-select: none; user-select: none;
  }
  .crowd-annotated-text .crowd-tag.chosen { outline: 2px solid var(--crowd-ink); outline-offset: 1px; }
  .crowd-annotated-text .crowd-tag button {
    min-width: 20px; height: 20px; padding: 0; border: 0; background: none; color: inherit; font: inherit; font-size: 14px; cursor: pointer;
  }
  @media (pointer: coarse) { .crowd-annotated-text .crowd-tag button { min-width: 32px; height: 28px; } }
  .crowd-text-caret {
    position: absolute; width: 2px; background: var(--crowd-accent); pointer-events: none; animation: crowd-text-caret 1.1s step-end infinite;
    -webkit-user-select: none; user-select: none;
  }
  @keyframes crowd-text-caret { 50% { opacity: 0; } }
`;
