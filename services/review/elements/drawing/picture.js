/** The image could not be shown; the message is for the worker. */
export class PictureError extends Error {
  name = 'PictureError';
}

/** Loads the image of a task into an `<img>`; only the last request counts. */
export class Picture {
  #image;
  #request = 0;

  /** @param {HTMLImageElement} image */
  constructor(image) {
    this.#image = image;
  }

  /**
   * @param {string} address
   * @returns {Promise<import('./geometry.js').Size|undefined>} the size in its own pixels; undefined when another request came after
   * @throws {PictureError}
   */
  async load(address) {
    const request = ++this.#request;
    if (!address) throw new PictureError('This task names no image.');
    this.#image.src = address;
    const failure = await this.#image.decode().then(() => undefined, () => new PictureError(explain(address)));
    if (request !== this.#request) return undefined;
    const { naturalWidth: width, naturalHeight: height } = this.#image;
    if (failure) throw failure;
    if (width === 0 || height === 0) throw new PictureError('The image has no size of its own.');
    return { width, height };
  }
}

/** Where the image was asked for, without the signature that follows the path. @param {string} address */
const explain = (address) => {
  const shown = URL.canParse(address, document.baseURI) ? new URL(address, document.baseURI) : undefined;
  const place = shown && shown.protocol !== 'data:' ? `${shown.host}${shown.pathname}` : 'its address';
  return `Nothing that can be shown came from ${place}. It may be gone, or the link may have run out.`;
};
