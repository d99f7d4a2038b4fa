import { css } from '../base/css.js';

/** Lines are thin and visible on any photo: the label's colour between a light line and a dark one. */
export const boxStyles = css`
  .box {
    position: absolute; top: 0; left: 0; outline: none;
    box-shadow: inset 0 0 0 2px var(--colour), 0 0 0 1px rgb(255 255 255 / 70%), inset 0 0 0 3px rgb(20 28 48 / 25%);
  }
  .box::before { content: ''; position: absolute; inset: 2px; background: var(--colour); opacity: 0; }
  .box.guess { box-shadow: inset 0 0 0 2px rgb(255 255 255 / 70%), 0 0 0 1px rgb(20 28 48 / 35%); }
  .box.guess::after { content: ''; position: absolute; inset: 0; border: 2px dashed var(--colour); }
  .box.hovered { z-index: 1; }
  .box.hovered::before { opacity: 0.12; }
  .box.selected, .box.guess.selected { z-index: 2; }
  .box.selected { box-shadow: inset 0 0 0 2px var(--colour), 0 0 0 2px #fff, 0 0 0 3px rgb(20 28 48 / 60%); }
  .box.guess.selected { box-shadow: inset 0 0 0 2px rgb(255 255 255 / 70%), 0 0 0 2px #fff, 0 0 0 3px rgb(20 28 48 / 60%); }
  .box:focus-visible { outline: 2px solid var(--crowd-accent); outline-offset: 3px; }
  .box .tag { bottom: calc(100% + 1px); left: -1px; max-width: max(100% + 2px, 8em); border-radius: 3px 3px 0 0; }
  .box:is(.hovered, .selected, .sketch) .tag { max-width: 28em; }
  .box.tag-inside .tag { top: 0; bottom: auto; left: 0; border-radius: 0 0 3px 0; }
  .box.selected .tag { bottom: calc(100% + 5px); border-radius: 3px; }
  .box.selected.tag-inside .tag { top: 7px; bottom: auto; left: 7px; }
  .box.guess .tag { opacity: 0.92; }
  .untagged .box:not(.selected, .hovered, .sketch) .tag { display: none; }
  .handle {
    position: absolute; width: 9px; height: 9px; border: 1.5px solid #fff; border-radius: 2px; background: var(--colour);
    box-shadow: 0 0 0 1px rgb(20 28 48 / 60%); translate: -50% -50%;
  }
  .tight .handle:is([data-handle='n'], [data-handle='e'], [data-handle='s'], [data-handle='w']) { visibility: hidden; }
  .sketch { z-index: 3; }
  .sketch::before { opacity: 0.14; }
  @media (pointer: coarse) {
    .handle { width: 16px; height: 16px; border-radius: 50%; }
  }
`;
