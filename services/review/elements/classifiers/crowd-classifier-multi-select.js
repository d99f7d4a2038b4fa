import { ClassifierBase, classifierMarkup, exclusionText } from './classifier-base.js';

/** Choose all categories that apply, or the exclusion entry. Answer: `{labels}`, empty with the exclusion entry. */
export class CrowdClassifierMultiSelect extends ClassifierBase {
  static choice = /** @type {const} */ ('checkbox');
  static template = classifierMarkup('');

  get exclusion() {
    return exclusionText(this);
  }

  /** The chosen categories. */
  get value() {
    return this.picker.chosen ?? [];
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { value: { labels: this.value } };
  }
}
