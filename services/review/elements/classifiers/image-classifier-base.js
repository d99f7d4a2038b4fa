import { ClassifierBase, classifierMarkup } from './classifier-base.js';
import { ImageTarget, imageMarkup, imageStyles } from './image-target.js';
import { WorkerComment, commentMarkup, commentStyles } from './worker-comment.js';

/** What the two image classifiers share: the image and the worker's comment. */
export class ImageClassifierBase extends ClassifierBase {
  static template = classifierMarkup(imageMarkup, commentMarkup);
  static styles = [...ClassifierBase.styles, imageStyles, commentStyles];

  #image = new ImageTarget(this, () => this.refresh());
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
