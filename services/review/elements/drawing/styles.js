import { css } from '../base/css.js';

const layout = css`
  :host { display: flex; flex: 1 1 auto; width: 100%; height: 100%; min-height: 420px; background: var(--crowd-surface); }
  .layout { display: flex; flex: 1 1 auto; min-width: 0; min-height: 0; }
  .annotation-area { display: flex; flex-direction: column; flex: 1 1 auto; min-width: 0; min-height: 0; }
  .bar {
    display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 6px 16px;
    padding: 8px 16px; border-bottom: 1px solid var(--crowd-line);
  }
  .header { flex: 1 1 12rem; margin: 0; font-size: 15px; font-weight: 600; line-height: 1.3; overflow-wrap: anywhere; }
  .tools { display: flex; flex-wrap: wrap; align-items: center; gap: 2px; margin: 0 -6px; }
  .tool {
    display: grid; place-items: center; min-width: 32px; height: 34px; padding: 0 5px; border: 0;
    border-radius: var(--crowd-radius-small); background: none; color: var(--crowd-ink);
  }
  .tool:hover:not(:disabled) { background: var(--crowd-accent-soft); color: var(--crowd-accent-strong); }
  .tool:disabled { color: var(--crowd-line-strong); }
  .tool[aria-pressed='true'] { background: var(--crowd-accent-soft); color: var(--crowd-accent-strong); }
  .tool.group { margin-left: 8px; }
  .tool.scale { min-width: 40px; font-size: 13px; font-variant-numeric: tabular-nums; }
  .tool svg { width: 20px; height: 20px; fill: none; stroke: currentColor; stroke-width: 1.6; stroke-linecap: round; stroke-linejoin: round; }
  @media (pointer: coarse) { .tools { gap: 0; } .tool, .tool.scale { min-width: 44px; height: 44px; } .tool.group { margin-left: 4px; } }
  @media (max-width: 760px) {
    .layout { flex-wrap: wrap; overflow: auto; }
    .instructions, .instructions.folded { flex-basis: 100%; width: 100%; border-right: 0; border-bottom: 1px solid var(--crowd-line); }
    .instructions.folded .fold { flex-direction: row; justify-content: flex-start; height: auto; padding: 10px 16px; }
    .instructions.folded .heading { writing-mode: horizontal-tb; }
    .annotation-area { flex-basis: 60%; min-height: 60dvh; }
  }
`;

// Clipped content cannot be scrolled either: otherwise the browser scrolls to the element with the focus, and the view
// would not know.
const stage = css`
  .stage {
    position: relative; flex: 1 1 auto; min-height: 0; overflow: hidden; overflow: clip; background: #e6e9ee; cursor: crosshair;
    touch-action: none; user-select: none; -webkit-user-select: none;
  }
  .stage:focus-visible { outline-offset: -3px; }
  .photo {
    position: absolute; top: 0; left: 0; max-width: none; transform-origin: 0 0; pointer-events: none; visibility: hidden;
    box-shadow: 0 0 0 1px rgb(20 30 60 / 12%);
  }
  .photo.shown { visibility: visible; }
  .photo.magnified { image-rendering: pixelated; }
  .upper-canvas { position: absolute; top: 0; left: 0; pointer-events: none; transform-origin: 0 0; }
  .shapes { position: absolute; top: 0; left: 0; width: 0; height: 0; pointer-events: none; transform-origin: 0 0; will-change: transform; }
  .shapes.away { opacity: 0; }
  .line { position: absolute; background: #fff; pointer-events: none; mix-blend-mode: difference; opacity: 0.75; will-change: transform; }
  .line.across { top: 0; left: 0; width: 100%; height: 1px; }
  .line.down { top: 0; left: 0; width: 1px; height: 100%; }
  .pencil {
    position: absolute; top: 0; left: 0; padding: 1px 7px; border-radius: 4px; background: rgb(20 28 48 / 82%); color: #fff;
    font-size: 12px; line-height: 18px; white-space: nowrap; pointer-events: none; will-change: transform;
  }
  .pencil::before {
    content: ''; display: inline-block; width: 8px; height: 8px; margin-right: 6px; border-radius: 50%; background: var(--colour);
  }
  .state {
    position: absolute; inset: 0; display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 12px;
    padding: 24px; background: var(--crowd-ground); color: var(--crowd-ink-soft); text-align: center; cursor: default;
  }
  .state p { max-width: 32rem; margin: 0; overflow-wrap: anywhere; }
  .state strong { color: var(--crowd-danger); font-size: 17px; }
  .again {
    padding: 8px 18px; border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small);
    background: var(--crowd-surface); color: var(--crowd-ink); font-weight: 600;
  }
  .remark {
    display: flex; align-items: center; gap: 8px; padding: 2px 6px 2px 16px; border-top: 1px solid var(--crowd-line);
    background: var(--crowd-warning-soft); color: var(--crowd-warning); font-size: 13px;
  }
  .remarks { flex: 1 1 auto; min-width: 0; margin: 0; overflow-wrap: anywhere; }
  .warning {
    position: absolute; top: 12px; left: 50%; z-index: 4; max-width: calc(100% - 24px); margin: 0; padding: 8px 16px; translate: -50% 0;
    border-radius: var(--crowd-radius-small); background: var(--crowd-warning-soft); color: var(--crowd-warning);
    box-shadow: var(--crowd-shadow); font-size: 14px; pointer-events: none;
  }
`;

const tags = css`
  .tag {
    position: absolute; padding: 0 5px; overflow: hidden; background: var(--colour); color: var(--text); font-size: 11px;
    font-weight: 600; line-height: 16px; text-overflow: ellipsis; white-space: pre; pointer-events: auto; unicode-bidi: isolate;
  }
  .away .tag { pointer-events: none; }
  @media (pointer: coarse) { .tag { font-size: 12px; line-height: 20px; } }
`;

const labels = css`
  .labels {
    display: flex; flex-direction: column; flex: 0 0 auto; width: 216px; min-height: 0; border-left: 1px solid var(--crowd-line);
    background: var(--crowd-surface);
  }
  .labels h2 { margin: 0; padding: 12px 16px 6px; font-size: 15px; font-weight: 600; }
  .label-search {
    margin: 0 12px 6px; padding: 5px 10px; border: 1px solid var(--crowd-line-strong); border-radius: var(--crowd-radius-small);
    background: var(--crowd-surface); font-size: 14px;
  }
  .label-search:focus-visible { border-color: var(--crowd-accent); outline-offset: 0; }
  .label-list { flex: 1 1 auto; min-height: 0; padding: 2px 8px 8px; overflow: auto; }
  .label-none { margin: 0; padding: 6px 16px; color: var(--crowd-ink-soft); font-size: 14px; }
  .label-button {
    display: flex; align-items: center; gap: 8px; width: 100%; min-height: 24px; padding: 1px 8px; border: 0;
    border-radius: var(--crowd-radius-small); background: none; font-size: 14px; line-height: 1.35; text-align: left;
  }
  .label-button:hover { background: var(--crowd-ground); }
  .label-button:focus-visible { outline-offset: -2px; }
  .label-button.selected { background: var(--crowd-accent-soft); color: var(--crowd-accent-strong); font-weight: 600; }
  .swatch { flex: none; width: 12px; height: 12px; border-radius: 3px; background: var(--colour); }
  .name { flex: 1 1 auto; min-width: 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  .count:not(:empty) {
    min-width: 20px; padding: 0 6px; border-radius: 10px; background: var(--crowd-ink-soft); color: #fff;
    font-size: 12px; font-weight: 600; line-height: 18px; text-align: center;
  }
  .key { width: 1ch; color: var(--crowd-ink-soft); font-size: 12px; font-weight: 400; }
  .tally { margin: 0; padding: 10px 16px; border-top: 1px solid var(--crowd-line); color: var(--crowd-ink-soft); font-size: 13px; line-height: 1.4; }
  .tally.none { background: var(--crowd-accent-soft); color: var(--crowd-accent-strong); }
  @media (pointer: coarse) { .label-button { min-height: 38px; } }
  @media (max-width: 1000px) { .labels { width: 176px; } }
  @media (max-width: 760px) {
    .labels { flex-basis: 100%; width: 100%; border-left: 0; border-top: 1px solid var(--crowd-line); }
    .label-list { display: grid; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); overflow: visible; }
  }
`;

const shortcuts = css`
  .keys .body { display: grid; gap: 20px 40px; grid-template-columns: 1fr 1fr; }
  @media (max-width: 760px) { .keys .body { grid-template-columns: 1fr; } }
  .keys { width: min(58rem, calc(100vw - 48px)); }
  .keys section + section { margin-top: 20px; }
  .keys h3 { margin: 0 0 8px; font-size: 14px; color: var(--crowd-ink-soft); font-weight: 600; }
  .keys dl { display: grid; grid-template-columns: max-content 1fr; gap: 6px 16px; margin: 0; font-size: 14px; line-height: 1.4; }
  .keys dt { font-weight: 600; }
  .keys dd { margin: 0; }
`;

export const drawingStyles = [layout, stage, tags, labels, shortcuts];
