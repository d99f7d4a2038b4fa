import { css } from './css.js';
import { closable } from './dialog.js';

/** @typedef {import('./element.js').CrowdElement} CrowdElement */

const NARROW = '(max-width: 1000px)';

/** The side bar with the short instructions, and the dialog with the full ones. */
export const instructionsMarkup = `
  <aside class="instructions awsui-app-layout__navigation" aria-label="Instructions" hidden>
    <button type="button" class="fold" aria-expanded="true" aria-controls="short">
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="M10 3 5 8l5 5" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></svg>
      <span class="heading">Instructions</span>
    </button>
    <div class="short" id="short">
      <button type="button" class="link moreInstructionsLink">View full instructions</button>
      <slot name="short-instructions"></slot>
    </div>
  </aside>
  <dialog class="full awsui-modal-dialog" aria-labelledby="full-heading">
    <header><h2 id="full-heading">Instructions</h2><button type="button" class="close" aria-label="Close">×</button></header>
    <div class="body"><slot name="full-instructions"></slot></div>
  </dialog>`;

export const instructionsStyles = css`
  .instructions {
    display: flex; flex-direction: column; flex: 0 0 auto; width: 248px; min-height: 0;
    border-right: 1px solid var(--crowd-line); background: var(--crowd-surface); font-size: 14px; line-height: 1.5;
  }
  .instructions .fold {
    display: flex; align-items: center; gap: 8px; padding: 14px 16px 8px; border: 0; background: none;
    font-size: 15px; font-weight: 600; text-align: left;
  }
  .instructions .fold:focus-visible { outline-offset: -3px; }
  .instructions .fold svg { flex: none; color: var(--crowd-ink-soft); transition: transform 120ms; }
  .instructions .short { padding: 0 16px 16px; overflow: auto; overflow-wrap: anywhere; }
  .instructions .link { margin-bottom: 12px; }
  .instructions.folded { width: 44px; }
  .instructions.folded .short { display: none; }
  .instructions.folded .fold { flex-direction: column; align-items: center; gap: 12px; height: 100%; padding: 16px 0; }
  .instructions.folded .fold svg { transform: rotate(180deg); }
  .instructions.folded .heading { writing-mode: vertical-rl; }
  ::slotted(short-instructions), ::slotted(full-instructions) { display: block; }
`;

/** Puts the instruction regions among an element's children where they belong. */
export class Instructions {
  #host;

  /** @param {CrowdElement} host whose shadow tree holds `instructionsMarkup` */
  constructor(host) {
    this.#host = host;
  }

  /** @param {AbortSignal} signal */
  connect(signal) {
    const dialog = this.#host.part$('dialog.full');
    const more = this.#host.part$('.moreInstructionsLink');
    const fold = this.#host.part$('.fold');
    closable(dialog, signal);
    more.addEventListener('click', () => dialog.showModal(), { signal });
    fold.addEventListener('click', () => this.#fold(fold.getAttribute('aria-expanded') === 'true'), { signal });
    const narrow = window.matchMedia(NARROW);
    narrow.addEventListener('change', () => this.#fold(narrow.matches), { signal });
    this.#fold(narrow.matches);
    this.place();
  }

  /** Look at the children again. */
  place() {
    const short = this.#region('short-instructions');
    const full = this.#region('full-instructions');
    const hasFull = full !== undefined && (full.textContent?.trim() !== '' || full.childElementCount > 0);
    this.#host.part$('.instructions').hidden = !short && !hasFull;
    this.#host.part$('.moreInstructionsLink').hidden = !hasFull;
    this.#host.part$('.heading').textContent = short?.getAttribute('header') || 'Instructions';
    this.#host.part$('dialog.full h2').textContent = full?.getAttribute('header') || 'Full instructions';
  }

  /** @param {boolean} folded */
  #fold(folded) {
    this.#host.part$('.instructions').classList.toggle('folded', folded);
    this.#host.part$('.fold').setAttribute('aria-expanded', String(!folded));
  }

  /** @param {string} tag */
  #region(tag) {
    const regions = Array.from(this.#host.children).filter((child) => child.localName === tag);
    for (const region of regions) if (region.slot !== tag) region.slot = tag;
    return regions[0];
  }
}
