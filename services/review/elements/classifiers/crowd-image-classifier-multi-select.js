import { exclusionText } from './classifier-base.js';
import { ImageClassifierBase } from './image-classifier-base.js';

/** Choose all categories that apply to an image. Answer: `{labels}`, and `workerComment` when one was given. */
export class CrowdImageClassifierMultiSelect extends ImageClassifierBase {
  static choice = /** @type {const} */ ('checkbox');

  get exclusion() {
    return exclusionText(this);
  }

  /** The chosen categories. */
  get value() {
    return this.picker.chosen ?? [];
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { value: this.withComment({ labels: this.value }) };
  }
}
