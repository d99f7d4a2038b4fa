import { css } from '../base/css.js';
import { t } from './texts.js';

/** The image of an image classifier, and the notice if it does not load. */
export const imageMarkup = `
  <img class="image" alt="${t('image')}" referrerpolicy="no-referrer">
  <p class="missing" role="alert" hidden>${t('missing')}</p>`;

export const imageStyles = css`
  .image { display: block; max-width: 100%; max-height: calc(100dvh - 220px); border-radius: var(--crowd-radius); }
  .missing { padding: 32px; border: 1px solid var(--crowd-danger); border-radius: var(--crowd-radius); color: var(--crowd-danger); background: var(--crowd-danger-soft); }
`;

/** Shows an image and knows whether it loaded. */
export class ImageTarget {
  /** @type {'loading'|'shown'|'missing'} */
  state = 'loading';
  #image;
  #missing;
  #changed;

  /**
   * @param {import('../base/element.js').CrowdElement} host
   * @param {() => void} changed
   */
  constructor(host, changed) {
    this.#image = host.part$('.image');
    this.#missing = host.part$('.missing');
    this.#changed = changed;
  }

  /** @param {AbortSignal} signal */
  connect(signal) {
    this.#image.addEventListener('load', () => this.#become('shown'), { signal });
    this.#image.addEventListener('error', () => this.#become('missing'), { signal });
  }

  /** @param {string} address */
  show(address) {
    if (this.#image.getAttribute('src') === address) return;
    this.#become(address ? 'loading' : 'missing');
    if (address) this.#image.src = address;
  }

  /** What holds the form back; '' if the image is loaded. */
  get complaint() {
    if (this.state === 'shown') return '';
    return this.state === 'loading' ? t('loading') : t('no_image');
  }

  /** @param {'loading'|'shown'|'missing'} state */
  #become(state) {
    this.state = state;
    this.#image.hidden = state === 'missing';
    this.#missing.hidden = state !== 'missing';
    this.#changed();
  }
}
