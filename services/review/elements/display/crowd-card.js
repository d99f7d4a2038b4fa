import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';

const styles = css`
  :host {
    display: inline-block; margin: 0 0 16px; overflow: hidden; border: 1px solid var(--crowd-line);
    border-radius: var(--crowd-radius); background: var(--crowd-surface);
  }
  img { display: block; width: 100%; }
  h3 { margin: 0; padding: 16px 16px 0; font-size: 17px; }
`;

/** A framed piece of content, with an optional picture and heading. */
export class CrowdCard extends CrowdElement {
  static styles = [styles];
  static observedAttributes = ['heading', 'image'];
  static template = '<img alt="" hidden><h3 hidden></h3><slot></slot>';

  attributeChangedCallback() {
    const [image, heading] = [this.getAttribute('image'), this.getAttribute('heading')];
    const picture = this.part$('img');
    picture.hidden = !image;
    if (image) picture.src = image;
    this.part$('h3').hidden = !heading;
    this.part$('h3').textContent = heading;
  }
}
