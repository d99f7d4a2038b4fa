import { css } from '../base/css.js';

/** Lines have the same width at any zoom, and are visible on any photo: the label's colour between two light lines. */
export const pathStyles = css`
  .paths { position: absolute; top: 0; left: 0; width: 1px; height: 1px; overflow: visible; }
  .paths path { fill: none; stroke-linecap: round; stroke-linejoin: round; vector-effect: non-scaling-stroke; }
  .path { outline: none; }
  .halo { stroke: rgb(255 255 255 / 80%); stroke-width: 4.5px; }
  .stroke { stroke: var(--colour); stroke-width: 2.25px; }
  .guess .stroke { stroke-dasharray: 6 5; }
  .outlines .path .stroke { fill: var(--colour); fill-opacity: 0; }
  .outlines .path.hovered .stroke { fill-opacity: 0.14; }
  .outlines .path.selected .stroke { fill-opacity: 0.2; }
  .path.hovered .halo, .path.selected .halo { stroke: #fff; stroke-width: 6px; }
  .path.selected .stroke { stroke-width: 3px; }
  .path:focus-visible .halo { stroke: var(--crowd-ink); stroke-width: 6px; }
  .points .path .halo { stroke: #fff; stroke-width: 13px; }
  .points .path .stroke { stroke-width: 9px; }
  .points .path.guess .stroke { stroke-width: 6px; stroke-dasharray: none; }
  .points .path.hovered .halo { stroke-width: 17px; }
  .points .path.selected .halo { stroke: var(--crowd-ink); stroke-width: 18px; }
  .points .path.selected .stroke { stroke-width: 13px; }
  .vertices .halo { stroke: #fff; stroke-width: 12px; }
  .vertices .stroke { stroke-width: 8px; }
  .middles .halo { stroke: rgb(20 28 48 / 45%); stroke-width: 8px; }
  .middles .stroke { stroke: #fff; stroke-width: 6px; }
  .chosen .halo { stroke: var(--crowd-ink); stroke-width: 18px; }
  .chosen .stroke { stroke: #fff; stroke-width: 11px; }
  .sketch .stroke { stroke-dasharray: none; }
  .sketch.closed .stroke { fill: var(--colour); fill-opacity: 0.14; }
  .tags .tag { top: 0; left: 0; max-width: 12em; translate: 8px calc(-100% - 7px); border-radius: 3px; }
  .tags .tag.below { translate: 8px 8px; }
  .tags .tag.hovered, .tags .tag.selected { z-index: 1; max-width: 28em; }
  .tags .tag.selected { translate: 10px calc(-100% - 10px); }
  .tags .tag.selected.below { translate: 10px 10px; }
  .untagged .tags .tag:not(.selected, .hovered) { display: none; }
  .cursor {
    position: absolute; top: -17px; left: -17px; width: 34px; height: 34px; border: 2px solid #fff; border-radius: 50%;
    background: linear-gradient(#fff, #fff) 50% 50% / 34px 1px no-repeat, linear-gradient(#fff, #fff) 50% 50% / 1px 34px no-repeat;
    box-shadow: 0 0 0 2px var(--crowd-accent); mix-blend-mode: normal;
  }
  @media (pointer: coarse) {
    .vertices .halo { stroke-width: 20px; }
    .vertices .stroke { stroke-width: 14px; }
    .middles .halo { stroke-width: 14px; }
    .middles .stroke { stroke-width: 11px; }
    .points .path .halo { stroke-width: 17px; }
    .points .path .stroke { stroke-width: 12px; }
  }
`;
