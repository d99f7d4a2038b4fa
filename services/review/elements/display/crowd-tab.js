import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';

/** One page of `<crowd-tabs>`; `header` is the text of its tab. Controls on a hidden tab still submit. */
export class CrowdTab extends CrowdElement {
  static styles = [css`:host { padding: 16px 0; }`];

  get header() {
    return this.getAttribute('header') ?? '';
  }
}
