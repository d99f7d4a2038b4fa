import { CrowdControl } from '../base/control.js';
import { css } from '../base/css.js';

const styles = css`
  .notice {
    margin: 16px; padding: 16px 20px; border: 1px solid var(--crowd-danger); border-radius: var(--crowd-radius);
    background: var(--crowd-danger-soft);
  }
  h3 { margin: 0 0 4px; font-size: 16px; color: var(--crowd-danger); }
  p { margin: 0; }
`;

/** Amazon's elements that take an answer and that we do not have. */
export const UNSUPPORTED_TOOLS = [
  'crowd-entity-annotation', 'crowd-instance-segmentation', 'crowd-keypoint', 'crowd-line', 'crowd-polygon', 'crowd-polyline',
  'crowd-question-answer-generation', 'crowd-rekognition-detect-moderation-labels', 'crowd-semantic-segmentation',
  'crowd-text-ranking', 'crowd-textract-analyze-document',
];

/** Stands in for an element that we do not have: says so, and holds the form back, since its answer would be missing. */
export class UnsupportedElement extends CrowdControl {
  static styles = [styles];
  static template = `
    <div class="notice" role="alert">
      <h3>This task cannot be done here</h3>
      <p>It uses <code></code>, which this review service does not have. Please decline the task and tell whoever asked for it.</p>
    </div>
    <slot></slot>`;

  get title$() {
    return `<${this.localName}>`;
  }

  /** @param {AbortSignal} _signal */
  connected(_signal) {
    this.part$('code').textContent = `<${this.localName}>`;
    this.complain('this review service does not have this element');
  }
}
