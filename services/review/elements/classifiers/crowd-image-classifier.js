import { ImageClassifierBase } from './image-classifier-base.js';

/** Choose one category for an image. Answer: `{label}`, and `workerComment` when one was given. */
export class CrowdImageClassifier extends ImageClassifierBase {
  /** The chosen category; '' before. */
  get value() {
    return this.picker.chosen?.[0] ?? '';
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return this.value === '' ? undefined : { value: this.withComment({ label: this.value }) };
  }
}
