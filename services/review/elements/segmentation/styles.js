import { css } from '../base/css.js';

export const segmentationStyles = css`
  .mask { position: absolute; top: 0; left: 0; opacity: 0.55; transform-origin: 0 0; pointer-events: none; will-change: transform; }
  .brush {
    position: absolute; top: 0; left: 0; border: 1.5px solid #fff; border-radius: 50%; box-shadow: 0 0 0 1px rgb(0 0 0 / 60%);
    pointer-events: none; will-change: transform;
  }
  .brush.eraser { border-style: dashed; }
  .outline { position: absolute; top: 0; left: 0; width: 1px; height: 1px; overflow: visible; pointer-events: none; }
  .outline polyline { fill: rgb(255 255 255 / 20%); stroke: #fff; stroke-width: 1.5; paint-order: stroke; filter: drop-shadow(0 0 1px #000); }
  .tag {
    position: absolute; top: 0; left: 0; max-width: 12rem; padding: 1px 8px; overflow: hidden; border-radius: 9px; background: var(--colour);
    color: var(--text); font-size: 12px; font-weight: 600; line-height: 18px; text-overflow: ellipsis; white-space: nowrap; cursor: pointer;
    pointer-events: auto; will-change: transform;
  }
  .tag.selected { box-shadow: 0 0 0 2px #fff, 0 0 0 4px var(--crowd-accent); }
  .shapes.untagged .tag:not(.selected) { display: none; }
`;
