import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';
import { icon } from './icons.js';

/** How much of the badge covers its target's corner. */
const OVERLAP = 0.5;

const styles = css`
  :host { display: contents; }
  .badge {
    position: absolute; z-index: 3; display: grid; place-items: center; min-width: 22px; height: 22px; padding: 0 5px; border-radius: 11px;
    background: var(--crowd-badge-background, var(--crowd-danger)); color: #fff; font-size: 12px; font-weight: 600; line-height: 1; pointer-events: none;
  }
  .icon { width: 14px; height: 14px; }
`;

/** A small mark at the top right corner of the element that `for` names, or else of the one around: `icon`, or `label` of at most three characters. */
export class CrowdBadge extends CrowdElement {
  static styles = [styles];
  static observedAttributes = ['for', 'icon', 'label'];
  static template = '<span class="badge" role="status"></span><slot></slot>';

  /** @param {AbortSignal} signal */
  connected(signal) {
    const place = () => this.#place();
    const follow = new ResizeObserver(place);
    follow.observe(document.body);
    const { target } = this;
    if (target) follow.observe(target);
    signal.addEventListener('abort', () => follow.disconnect());
    window.addEventListener('scroll', place, { signal, capture: true, passive: true });
    window.addEventListener('load', place, { signal });
    this.attributeChangedCallback();
  }

  attributeChangedCallback() {
    const name = this.getAttribute('icon');
    const shown = name ? icon(name) : Array.from(this.getAttribute('label') ?? '').slice(0, 3).join('');
    this.part$('.badge').replaceChildren(shown);
    if (this.isConnected) this.#place();
  }

  /** The element that has the badge. @returns {Element|null} */
  get target() {
    const id = this.getAttribute('for');
    const root = /** @type {Document|ShadowRoot} */ (this.getRootNode());
    return id ? root.getElementById(id) : this.parentElement;
  }

  #place() {
    const badge = this.part$('.badge');
    const { target } = this;
    badge.hidden = !target?.checkVisibility();
    if (badge.hidden || !target) return;
    badge.style.left = badge.style.top = '0';
    const [home, corner] = [badge.getBoundingClientRect(), target.getBoundingClientRect()];
    badge.style.left = `${corner.right - home.width * OVERLAP - home.left}px`;
    badge.style.top = `${corner.top - home.height * OVERLAP - home.top}px`;
  }
}
