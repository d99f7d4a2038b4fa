import { TextControl } from './text-control.js';

/** One line of text (or a date, a number: any type of a native input). Empty adds nothing to the answer. */
export class CrowdInput extends TextControl {
  static template = `
    <label class="caption" for="field"></label>
    <input class="field" id="field" aria-describedby="error">
    <div class="below"><span class="error" id="error" role="alert"></span><span class="counter"></span></div>
    <slot></slot>`;

  /** Of a file the answer has only the name. */
  get value() {
    const field = /** @type {HTMLInputElement} */ (this.field);
    return field.type === 'file' ? field.files?.[0]?.name ?? '' : field.value;
  }

  set value(next) {
    super.value = next;
  }

  configure() {
    super.configure();
    const field = /** @type {HTMLInputElement} */ (this.field);
    const type = this.getAttribute('type') ?? 'text';
    if (field.type !== type) field.type = type;
    for (const limit of ['min', 'max', 'step']) {
      const given = this.getAttribute(limit)?.trim();
      if (given) field.setAttribute(limit, given);
      else field.removeAttribute(limit);
    }
  }
}
