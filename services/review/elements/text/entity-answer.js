import { CrowdControl } from '../base/control.js';

/** A control in the form that an entity annotation brings along; it answers there for the element around. */
export class EntityAnswer extends CrowdControl {
  /** @type {CrowdControl|null} */
  source = null;

  get title$() {
    return this.source?.title$ ?? '';
  }

  get fallbackName() {
    return this.source?.fallbackName ?? super.fallbackName;
  }

  /** @returns {import('../base/control.js').Submission} */
  submission() {
    return this.source?.submission();
  }

  /** @param {unknown} value */
  restore(value) {
    this.source?.restore(value);
  }

  focus() {
    this.source?.focus();
  }
}
