import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';

const STEPS = new Map([['ArrowRight', 1], ['ArrowLeft', -1]]);

const styles = css`
  [role='tablist'] { display: flex; flex-wrap: wrap; gap: 4px; border-bottom: 1px solid var(--crowd-line); }
  [role='tab'] {
    padding: 10px 16px; margin-bottom: -1px; border: 0; border-bottom: 3px solid transparent; background: none;
    color: var(--crowd-ink-soft); font-weight: 500;
  }
  [role='tab'][aria-selected='true'] { border-color: var(--crowd-accent); color: var(--crowd-ink); }
`;

/** Tabs that show one page at a time; the children are `<crowd-tab header="...">`. */
export class CrowdTabs extends CrowdElement {
  static styles = [styles];
  static template = '<div role="tablist"></div><slot></slot>';

  #chosen = 0;

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.part$('slot').addEventListener('slotchange', () => this.#draw(), { signal });
    this.part$('[role="tablist"]').addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
      const step = STEPS.get(event.key);
      if (step !== undefined) this.#choose((this.#chosen + step + this.#pages.length) % this.#pages.length, true);
    }, { signal });
    this.#draw();
  }

  /** Show the page that holds the element, so that it can be focused. @param {Element} element */
  reveal(element) {
    const index = this.#pages.findIndex((page) => page.contains(element));
    if (index >= 0) this.#choose(index, false);
  }

  get #pages() {
    return Array.from(this.children).filter((child) => child.localName === 'crowd-tab');
  }

  #draw() {
    this.part$('[role="tablist"]').replaceChildren(...this.#pages.map((page, index) => this.#tab(page, index)));
    this.#choose(Math.min(this.#chosen, Math.max(0, this.#pages.length - 1)), false);
  }

  /**
   * @param {Element} page
   * @param {number} index
   */
  #tab(page, index) {
    const tab = document.createElement('button');
    tab.type = 'button';
    tab.setAttribute('role', 'tab');
    tab.textContent = page.getAttribute('header') ?? '';
    tab.addEventListener('click', () => this.#choose(index, false));
    page.setAttribute('role', 'tabpanel');
    page.setAttribute('aria-label', page.getAttribute('header') ?? '');
    return tab;
  }

  /**
   * @param {number} index
   * @param {boolean} focused
   */
  #choose(index, focused) {
    this.#chosen = index;
    this.#pages.forEach((page, place) => page.toggleAttribute('hidden', place !== index));
    Array.from(this.part$('[role="tablist"]').children).forEach((tab, place) => {
      tab.setAttribute('aria-selected', String(place === index));
      tab.tabIndex = place === index ? 0 : -1;
      if (focused && place === index) tab.focus();
    });
  }
}
