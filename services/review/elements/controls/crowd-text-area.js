import { number } from '../base/attributes.js';
import { css } from '../base/css.js';
import { TextControl } from './text-control.js';

const styles = css`
  .field { min-height: 2.6em; resize: vertical; field-sizing: content; }
`;

/** Several lines of text, growing from `rows` to `max-rows`. Empty adds nothing to the answer. */
export class CrowdTextArea extends TextControl {
  static styles = [...TextControl.styles, styles];
  static template = `
    <label class="caption" for="field"></label>
    <textarea class="field" id="field" rows="3" aria-describedby="error"></textarea>
    <div class="below"><span class="error" id="error" role="alert"></span><span class="counter"></span></div>
    <slot></slot>`;

  configure() {
    super.configure();
    const field = /** @type {HTMLTextAreaElement} */ (this.field);
    const rows = Math.max(1, number(this, 'rows', 3));
    const most = number(this, 'max-rows', 0);
    field.rows = rows;
    field.style.minHeight = `calc(${rows * 1.4}em + 18px)`;
    field.style.maxHeight = most > 0 ? `calc(${most * 1.4}em + 18px)` : '';
  }
}
