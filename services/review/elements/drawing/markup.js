import { instructionsMarkup } from '../base/instructions.js';

/** The shadow tree of a drawing tool; its words are written in by `writeWords`. */
export const markup = `
  <div class="layout">
    ${instructionsMarkup}
    <section class="annotation-area" data-name="image">
      <div class="bar headerContainer">
        <h1 class="header" dir="auto"></h1>
        <div class="tools headerButtonsContainer" role="toolbar" data-name="tools"></div>
      </div>
      <div class="stage" tabindex="0" role="application" aria-describedby="hint">
        <img class="photo" alt="" draggable="false" referrerpolicy="no-referrer">
        <canvas class="upper-canvas" width="1" height="1" aria-hidden="true"></canvas>
        <div class="line across" hidden></div>
        <div class="line down" hidden></div>
        <div class="shapes"></div>
        <div class="pencil" aria-hidden="true" hidden></div>
        <p class="warning" role="alert" hidden></p>
        <div class="state loading"><p data-text="loading"></p></div>
        <div class="state failure" role="alert" hidden>
          <p><strong data-text="failed"></strong></p>
          <p class="reason"></p>
          <button type="button" class="again" data-text="again"></button>
        </div>
      </div>
      <div class="remark" role="status" hidden>
        <p class="remarks"></p>
        <button type="button" class="close dismiss" data-name="close">×</button>
      </div>
    </section>
    <aside class="labels label-pane-content" data-name="labels">
      <h2 data-text="labels"></h2>
      <input class="label-search" type="search" data-placeholder="find-label" data-name="find-label.name" autocomplete="off" hidden>
      <div class="label-list"></div>
      <p class="label-none" data-text="no-such-label" hidden></p>
      <p class="tally"></p>
    </aside>
  </div>
  <dialog class="keys" aria-labelledby="keys-heading">
    <header><h2 id="keys-heading" data-text="shortcuts"></h2><button type="button" class="close" data-name="close">×</button></header>
    <div class="body"></div>
  </dialog>
  <p id="hint" class="visually-hidden" data-text="stage.hint"></p>
  <p class="visually-hidden" id="said" aria-live="polite"></p>
  <slot></slot>`;
