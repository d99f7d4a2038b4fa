import { css } from './css.js';
import { closable } from './dialog.js';
import { t } from './instructions-texts.js';

/** @typedef {import('./element.js').CrowdElement} CrowdElement */

const NARROW = '(max-width: 1000px)';

/** The side bar with the short instructions, and the panel with the full ones; `Instructions` writes their words. */
export const instructionsMarkup = `
  <aside class="instructions awsui-app-layout__navigation" hidden>
    <button type="button" class="fold" aria-expanded="true" aria-controls="short">
      <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true"><path d="M10 3 5 8l5 5" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></svg>
      <span class="heading"></span>
    </button>
    <div class="short" id="short">
      <button type="button" class="link moreInstructionsLink"></button>
      <slot name="short-instructions"></slot>
    </div>
  </aside>
  <dialog class="full awsui-modal-dialog" aria-labelledby="full-heading">
    <header>
      <h2 id="full-heading"></h2>
      <button type="button" class="dock" hidden>
        <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true"><path d="M2.5 4h15v12h-15zM8 4v12" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round"/></svg>
      </button>
      <button type="button" class="close">×</button>
    </header>
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
  .instructions.replaced { display: none; }
  .full > header h2 { flex: 1 1 auto; }
  .full .dock {
    display: grid; place-items: center; width: 32px; height: 32px; padding: 0; border: 0; border-radius: 50%; background: none;
    color: var(--crowd-ink-soft);
  }
  .full .dock:hover { background: var(--crowd-ground); color: var(--crowd-ink); }
  .full > .body { flex: 1 1 auto; overflow-wrap: anywhere; }
  .full.docked[open] {
    position: static; flex: 0 0 auto; width: 340px; height: auto; max-height: none; min-height: 0; margin: 0;
    border-right: 1px solid var(--crowd-line); border-radius: 0; box-shadow: none; font-size: 14px; line-height: 1.5;
  }
  .full.docked > header { padding: 8px 8px 8px 16px; border-bottom: 0; }
  .full.docked > header h2 { font-size: 15px; }
  .full.docked > .body { padding: 0 16px 16px; }
  ::slotted(short-instructions), ::slotted(full-instructions) { display: block; }
`;

/** Moves the instruction regions among an element's children to their places. */
export class Instructions {
  #host;
  #beside;
  #narrow = window.matchMedia(NARROW);

  /**
   * @param {CrowdElement} host whose shadow tree holds `instructionsMarkup`
   * @param {object} options
   * @param {boolean} options.beside whether the full instructions may stay open beside the work
   */
  constructor(host, { beside } = { beside: false }) {
    this.#host = host;
    this.#beside = beside;
  }

  /** @param {AbortSignal} signal */
  connect(signal) {
    const dialog = this.#host.part$('dialog.full');
    const more = this.#host.part$('.moreInstructionsLink');
    const fold = this.#host.part$('.fold');
    this.#write();
    closable(dialog, signal);
    more.addEventListener('click', () => this.#open(), { signal });
    this.#host.part$('.dock').addEventListener('click', () => this.#dock(), { signal });
    dialog.addEventListener('close', () => this.#settle(), { signal });
    dialog.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Escape' && dialog.classList.contains('docked')) dialog.close();
    }, { signal });
    fold.addEventListener('click', () => this.#fold(fold.getAttribute('aria-expanded') === 'true'), { signal });
    this.#narrow.addEventListener('change', () => this.#onWidth(), { signal });
    this.#onWidth();
    this.place();
  }

  /** Look at the children again. */
  place() {
    const short = this.#region('short-instructions');
    const full = this.#region('full-instructions');
    const hasFull = full !== undefined && (full.textContent?.trim() !== '' || full.childElementCount > 0);
    this.#host.part$('.instructions').hidden = !short && !hasFull;
    this.#host.part$('.moreInstructionsLink').hidden = !hasFull;
    this.#host.part$('.heading').textContent = short?.getAttribute('header') || t('short');
    this.#host.part$('dialog.full h2').textContent = full?.getAttribute('header') || t('full');
  }

  /** Open or close the full instructions; the work keeps the focus. */
  toggle() {
    const dialog = this.#host.part$('dialog.full');
    if (dialog.open) dialog.close();
    else if (!this.#host.part$('.moreInstructionsLink').hidden) this.#open({ focus: false });
  }

  /** @param {{focus?: boolean, large?: boolean}} options large: above the work instead of beside it */
  #open({ focus = true, large = !this.#beside || this.#narrow.matches } = {}) {
    const dialog = this.#host.part$('dialog.full');
    const before = /** @type {HTMLElement|null} */ (this.#host.shadowRoot?.activeElement ?? null);
    this.#place(!large);
    if (large) dialog.showModal();
    else dialog.show();
    if (!focus) before?.focus({ preventScroll: true });
  }

  /** From above the work to beside it, or back. */
  #dock() {
    const dialog = this.#host.part$('dialog.full');
    const large = dialog.classList.contains('docked');
    dialog.close();
    this.#open({ large });
  }

  /** @param {boolean} beside where the full instructions are; there the short ones make room */
  #place(beside) {
    this.#host.part$('dialog.full').classList.toggle('docked', beside);
    this.#host.part$('.instructions').classList.toggle('replaced', beside);
    const dock = this.#host.part$('.dock');
    dock.title = t(beside ? 'large' : 'beside');
    dock.setAttribute('aria-label', dock.title);
  }

  /** The full instructions were closed, unless they are open again elsewhere. */
  #settle() {
    if (!this.#host.part$('dialog.full').open) this.#place(false);
  }

  /** On a narrow page there is no room beside the work. */
  #onWidth() {
    const dialog = this.#host.part$('dialog.full');
    this.#fold(this.#narrow.matches);
    if (this.#narrow.matches && dialog.classList.contains('docked')) dialog.close();
    this.#host.part$('.dock').hidden = !this.#beside || this.#narrow.matches;
  }

  #write() {
    this.#host.part$('.instructions').setAttribute('aria-label', t('short'));
    this.#host.part$('.moreInstructionsLink').textContent = t('more');
    this.#host.part$('.full .close').setAttribute('aria-label', t('close'));
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
