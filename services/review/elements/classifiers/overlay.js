import { structure } from '../base/attributes.js';
import { css } from '../base/css.js';
import { colour, textColour } from '../drawing/colours.js';
import { readOverlay } from './overlay-forms.js';

/** @typedef {import('./overlay-forms.js').Box} Box */
/** @typedef {import('./overlay-forms.js').Drawing} Drawing */

/** What is shown over the image, and the legend below it. */
export const overlayMarkup = {
  over: '<div class="overlay" hidden></div>',
  below: '<ul class="legend" hidden></ul>',
};

export const overlayStyles = css`
  .framed { position: relative; display: inline-block; max-width: 100%; }
  .overlay { position: absolute; inset: 0; overflow: hidden; pointer-events: none; border-radius: var(--crowd-radius); }
  .overlay img { width: 100%; height: 100%; opacity: 0.5; image-rendering: pixelated; }
  .overlay .box { position: absolute; border: 2px solid var(--paint); background: color-mix(in srgb, var(--paint) 12%, transparent); }
  .overlay .box span {
    position: absolute; left: -2px; top: -2px; padding: 0 5px; background: var(--paint); color: var(--ink); font-size: 12px; font-weight: 600;
    line-height: 18px; white-space: nowrap;
  }
  .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 8px 0 0; padding: 0; list-style: none; font-size: 13px; color: var(--crowd-ink-soft); }
  .legend li::before { content: ''; display: inline-block; width: 12px; height: 12px; margin-right: 6px; border-radius: 3px; background: var(--paint); vertical-align: -1px; }
`;

/** Shows what a model or an earlier worker found in the image; it can be judged, not changed. */
export class Overlay {
  #host;

  /** @param {import('../base/element.js').CrowdElement} host */
  constructor(host) {
    this.#host = host;
  }

  /**
   * Draw what the attribute `overlay` holds over the image as it is now.
   * @throws {TypeError} when it cannot be read
   */
  show() {
    const image = this.#host.part$('.image');
    const over = this.#host.part$('.overlay');
    const drawing = readOverlay(structure(this.#host, 'overlay'));
    over.hidden = drawing === null || !image.naturalWidth || image.hidden;
    this.#showLegend(drawing);
    if (!drawing || over.hidden) return;
    const parts = drawing.boxes.map(({ box, index }) => boxOver(box, index, image));
    if (drawing.mask) parts.unshift(maskOver(drawing.mask));
    over.replaceChildren(...parts);
  }

  /** @param {Drawing|null} drawing */
  #showLegend(drawing) {
    const legend = this.#host.part$('.legend');
    legend.hidden = !drawing?.legend.length;
    const rows = (drawing?.legend ?? []).map(({ label, paint }) => {
      const row = document.createElement('li');
      row.textContent = label;
      row.style.setProperty('--paint', paint);
      return row;
    });
    legend.replaceChildren(...rows);
  }
}

/**
 * @param {Box} box
 * @param {number} index
 * @param {HTMLImageElement} image
 */
const boxOver = (box, index, image) => {
  const element = document.createElement('div');
  const caption = document.createElement('span');
  element.className = 'box';
  element.style.setProperty('--paint', colour(index));
  element.style.setProperty('--ink', textColour(index));
  const share = (/** @type {number} */ pixels, /** @type {number} */ whole) => `${(pixels / whole) * 100}%`;
  element.style.left = share(box.left, image.naturalWidth);
  element.style.top = share(box.top, image.naturalHeight);
  element.style.width = share(box.width, image.naturalWidth);
  element.style.height = share(box.height, image.naturalHeight);
  caption.textContent = box.label;
  element.append(caption);
  return element;
};

/** @param {string} address */
const maskOver = (address) => {
  const mask = document.createElement('img');
  mask.alt = '';
  mask.referrerPolicy = 'no-referrer';
  mask.src = address;
  return mask;
};
