import { items, member as ownMember } from '../base/json.js';
import { exclusionText } from '../classifiers/classifier-base.js';
import { ImageClassifierBase } from '../classifiers/image-classifier-base.js';
import { member } from './blocks.js';

/** Where A2I puts this answer: the element has no name of its own. */
const ANSWER_KEY = 'AWS/Rekognition/DetectModerationLabels/Image/V3';

/**
 * Choose the moderation labels that apply to an image. `categories` are texts, or objects with a `name`. Answer:
 * `{moderationLabels: [...]}` with the chosen ones as they were given; none with the exclusion entry.
 */
export class CrowdRekognitionDetectModerationLabels extends ImageClassifierBase {
  static choice = /** @type {const} */ ('checkbox');

  /** The categories as given, by the text they show. @type {Map<string, unknown>|undefined} */
  #given;

  get answerName() {
    return '';
  }

  get fallbackName() {
    return ANSWER_KEY;
  }

  get exclusion() {
    return exclusionText(this);
  }

  /** The chosen labels, as they were given. */
  get value() {
    return (this.picker.chosen ?? []).map((text) => this.#given?.get(text) ?? text);
  }

  /** @param {unknown} item */
  captionOf(item) {
    const caption = String(typeof item === 'object' && item !== null ? member(item, 'name') ?? '' : item);
    this.#given = (this.#given ?? new Map()).set(caption, item);
    return caption;
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return { value: { moderationLabels: this.value } };
  }

  /** @param {unknown} value */
  restore(value) {
    const labels = ownMember(value, 'moderationLabels');
    if (value !== undefined && !Array.isArray(labels)) throw new TypeError('expected {moderationLabels: [...]}');
    super.restore(value === undefined ? undefined : { labels: items(labels).map((item) => this.captionOf(item)) });
  }
}
