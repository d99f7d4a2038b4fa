import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';
import { icon } from './icons.js';

const styles = css`
  :host { display: inline-flex; width: 24px; height: 24px; vertical-align: middle; }
  :host([hidden]) { display: none; }
  .icon { width: 100%; height: 100%; object-fit: contain; }
`;

/** A small picture by the name of the iron-icons set, or by an address (`src`). Also known as `<iron-icon>`. */
export class CrowdIcon extends CrowdElement {
  static styles = [styles];
  static observedAttributes = ['icon', 'src'];
  static template = '<span hidden></span>';

  /** @param {AbortSignal} _signal */
  connected(_signal) {
    this.attributeChangedCallback();
  }

  attributeChangedCallback() {
    this.shadowRoot?.replaceChildren(icon(this.getAttribute('src') || this.getAttribute('icon') || ''));
  }
}
