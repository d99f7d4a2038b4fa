import { ClassifierBase, classifierMarkup } from './classifier-base.js';

/** Choose one category for the content of `<classification-target>`. Answer: `{label}`. */
export class CrowdClassifier extends ClassifierBase {
  static template = classifierMarkup('');

  /** The chosen category; '' before. */
  get value() {
    return this.picker.chosen?.[0] ?? '';
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return this.value === '' ? undefined : { value: { label: this.value } };
  }
}
