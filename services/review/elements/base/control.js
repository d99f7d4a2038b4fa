import { flag } from './attributes.js';
import { CrowdElement } from './element.js';

/**
 * What a control adds to the answer: a value under its name, or one choice among those of its name.
 * @typedef {{value: unknown}|{choice: string, chosen: boolean}|undefined} Submission
 */

/** Fired on a control whenever its part of the answer changes. */
export class AnswerChanged extends Event {
  constructor() {
    super('change', { bubbles: true, composed: true });
  }
}

/** An element with a name whose value goes into the answer. It takes part in forms as native controls do. */
export class CrowdControl extends CrowdElement {
  static formAssociated = true;

  internals = this.attachInternals();

  connectedCallback() {
    // The browser treats any text as "disabled"; pages that write "false" mean false.
    if (this.hasAttribute('disabled') && !flag(this, 'disabled')) this.removeAttribute('disabled');
    super.connectedCallback();
  }

  get name() {
    return this.getAttribute('name') ?? '';
  }

  set name(next) {
    this.setAttribute('name', next);
  }

  /** The name that the page gives to its answer; '' if it gives none. */
  get answerName() {
    return this.name;
  }

  /** The name of its answer if the page gives it none, so that no work is lost. */
  get fallbackName() {
    return this.localName;
  }

  get disabled() {
    return flag(this, 'disabled');
  }

  set disabled(next) {
    this.toggleAttribute('disabled', Boolean(next));
  }

  get required() {
    return flag(this, 'required');
  }

  set required(next) {
    this.toggleAttribute('required', Boolean(next));
  }

  /** The name of this control in messages. */
  get title$() {
    return this.getAttribute('label') || this.getAttribute('header') || this.textContent?.trim() || this.name;
  }

  get validationMessage() {
    return this.internals.validationMessage;
  }

  checkValidity() {
    return this.internals.checkValidity();
  }

  /**
   * What this control adds to the answer now; undefined if nothing.
   * @returns {Submission}
   */
  submission() {
    return undefined;
  }

  /**
   * Set the control to what its own `submission()` gave: the value, or for a choice whether it was chosen; undefined if
   * it gave nothing. No event is fired (`restoreAnswer` does that), and earlier input is replaced. A control that is
   * still loading keeps the value until it can show it. An element with an answer overrides this; the worker is told
   * that any other element is not restored.
   * @param {unknown} _value
   * @throws {TypeError} if the value is not one of its own
   */
  restore(_value) {}

  /**
   * Hold the form back with a message, or release it without one.
   * @param {string} message
   * @param {ValidityStateFlags} flags
   */
  complain(message, flags = { customError: true }) {
    if (message) this.internals.setValidity(flags, message);
    else this.internals.setValidity({});
  }

  /** Tell the page that the answer changed. */
  changed() {
    this.dispatchEvent(new AnswerChanged());
  }
}
