import { ClassifierBase, classifierMarkup } from './classifier-base.js';
import { ImageTarget, imageMarkup, imageStyles } from './image-target.js';
import { Overlay, overlayMarkup, overlayStyles } from './overlay.js';
import { WorkerComment, commentMarkup, commentStyles } from './worker-comment.js';

/** What the image classifiers share: the image, what is shown over it, and the worker's comment. */
export class ImageClassifierBase extends ClassifierBase {
  static template = classifierMarkup(
    `<div class="framed">${imageMarkup}${overlayMarkup.over}</div>${overlayMarkup.below}`,
    commentMarkup,
  );
  static styles = [...ClassifierBase.styles, imageStyles, overlayStyles, commentStyles];

  #image = new ImageTarget(this, () => this.refresh());
  #overlay = new Overlay(this);
  #comment = new WorkerComment(this);

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.#image.connect(signal);
    this.#comment.connect(signal, () => this.changed());
    super.connected(signal);
    this.#image.show(this.getAttribute('src') ?? '');
  }

  /** @param {string} name */
  attributeChangedCallback(name) {
    super.attributeChangedCallback(name);
    if (this.isConnected) this.#image.show(this.getAttribute('src') ?? '');
  }

  refresh() {
    super.refresh();
    if (this.#image.complaint) this.complain(this.#image.complaint);
    try {
      this.#overlay.show();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.part$('.problem').textContent = error.message;
      this.part$('.problem').hidden = false;
      this.complain(error.message);
    }
  }

  /** @param {{label?: string, labels?: string[], workerComment?: string}|undefined} value */
  restore(value) {
    super.restore(value);
    this.#comment.text = value?.workerComment ?? '';
  }

  /**
   * The answer with the worker's comment, if there is one.
   * @param {object} answer
   */
  withComment(answer) {
    return this.#comment.text ? { ...answer, workerComment: this.#comment.text } : answer;
  }
}
