import { instructionsMarkup } from '../base/instructions.js';

/** The shadow tree of the box tool. */
export const markup = `
  <div class="layout">
    ${instructionsMarkup}
    <section class="annotation-area" aria-label="Image">
      <div class="bar headerContainer">
        <h1 class="header"></h1>
        <div class="tools headerButtonsContainer" role="toolbar" aria-label="Tools"></div>
      </div>
      <div class="stage" tabindex="0" role="application" aria-describedby="hint">
        <img class="photo" alt="" draggable="false" referrerpolicy="no-referrer">
        <canvas class="upper-canvas" width="1" height="1" aria-hidden="true"></canvas>
        <div class="line across" hidden></div>
        <div class="line down" hidden></div>
        <div class="boxes"></div>
        <div class="pencil" aria-hidden="true" hidden></div>
        <div class="state loading"><p>Loading the image…</p></div>
        <div class="state failure" role="alert" hidden>
          <p><strong>The image cannot be shown</strong></p>
          <p class="reason"></p>
          <button type="button" class="again">Try again</button>
        </div>
      </div>
      <p class="remark" role="status" hidden></p>
    </section>
    <aside class="labels label-pane-content" aria-label="Labels">
      <h2>Labels</h2>
      <input class="label-search" type="search" placeholder="Find a label (L)" aria-label="Find a label" autocomplete="off" hidden>
      <div class="label-list"></div>
      <p class="tally"></p>
    </aside>
  </div>
  <dialog class="keys" aria-labelledby="keys-heading">
    <header><h2 id="keys-heading">Shortcuts</h2><button type="button" class="close" aria-label="Close">×</button></header>
    <div class="body"></div>
  </dialog>
  <p id="hint" class="visually-hidden">Tab goes from box to box, N adds one, the question mark shows all keys.</p>
  <p class="visually-hidden" id="said" aria-live="polite"></p>
  <slot></slot>`;
