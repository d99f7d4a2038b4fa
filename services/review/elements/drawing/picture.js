/** The image could not be shown; the message is for the worker. */
export class PictureError extends Error {
  name = 'PictureError';
}

/** Loads the image of a task into an `<img>`; only the last request counts. */
export class Picture {
  #image;
  #request = 0;
  #t;

  /**
   * @param {HTMLImageElement} image
   * @param {import('./bench.js').Texts} t
   */
  constructor(image, t) {
    this.#image = image;
    this.#t = t;
  }

  /**
   * @param {string} address
   * @returns {Promise<import('./geometry.js').Size|undefined>} the size in its own pixels; undefined when another request came after
   * @throws {PictureError}
   */
  async load(address) {
    const request = ++this.#request;
    if (!address) throw new PictureError(this.#t('picture.none'));
    this.#image.src = address;
    const failure = await this.#image.decode().then(() => undefined, () => new PictureError(this.#t('picture.gone', { place: place(address, this.#t) })));
    if (request !== this.#request) return undefined;
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    if (failure) throw failure;
    if (width === 0 || height === 0) throw new PictureError(this.#t('picture.no-size'));
    return { width, height };
  }
}

/**
 * The address of the image, without the signature that follows the path.
 * @param {string} address
 * @param {import('./bench.js').Texts} t
 */
const place = (address, t) => {
  const shown = URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : undefined;
  return shown && shown.protocol !== 'data:' ? `${shown.host}${shown.pathname}` : t('picture.address');
};
