import { CrowdControl } from './control.js';

/** @typedef {import('./control.js').Submission} Submission */

const NEVER_SUBMITTED = new Set(['button', 'submit', 'reset', 'image', 'file']);

/**
 * What a plain HTML control adds to the answer.
 * @param {Element} element
 * @returns {Submission}
 */
const plainSubmission = (element) => {
  if (element instanceof HTMLInputElement) return inputSubmission(element);
  if (element instanceof HTMLTextAreaElement) return text(element.value);
  if (!(element instanceof HTMLSelectElement)) return undefined;
  if (element.multiple) return { value: Array.from(element.selectedOptions, (option) => option.value) };
  return text(element.value);
};

/**
 * @param {HTMLInputElement} input
 * @returns {Submission}
 */
const inputSubmission = (input) => {
  if (NEVER_SUBMITTED.has(input.type)) return undefined;
  if (input.type === 'checkbox' || input.type === 'radio') return { choice: input.value, chosen: input.checked };
  return text(input.value);
};

/** Empty text is no answer. @param {string} value */
const text = (value) => (value === '' ? undefined : { value: value.replaceAll('\r\n', '\n') });

/**
 * The answer of everything named under the root, in document order: choices of one name are merged into one
 * object, otherwise the last of a name wins. A copy: later changes do not reach it.
 * @param {ParentNode} root
 * @returns {Record<string, any>}
 */
export const collectAnswer = (root) => {
  /** @type {Map<string, any>} */
  const answer = new Map();
  /** @type {Map<string, Map<string, boolean>>} */
  const choices = new Map();
  for (const element of root.querySelectorAll('[name]')) {
    const name = element.getAttribute('name');
    if (!name || element.matches(':disabled')) continue;
    const submission = element instanceof CrowdControl ? element.submission() : plainSubmission(element);
    if (!submission) continue;
    if ('choice' in submission) addChoice(answer, choices, name, submission);
    else answer.set(name, submission.value);
  }
  for (const [name, chosen] of choices) if (answer.get(name) === chosen) answer.set(name, Object.fromEntries(chosen));
  return JSON.parse(JSON.stringify(Object.fromEntries(answer)));
};

/**
 * @param {Map<string, any>} answer
 * @param {Map<string, Map<string, boolean>>} choices
 * @param {string} name
 * @param {{choice: string, chosen: boolean}} submission
 */
const addChoice = (answer, choices, name, { choice, chosen }) => {
  const group = choices.get(name) ?? new Map();
  group.set(choice, chosen);
  choices.set(name, group);
  answer.set(name, group);
};

/**
 * The first control under the root that holds the answer back, in document order.
 * @param {ParentNode} root
 * @returns {(HTMLElement & {validationMessage: string})|undefined}
 */
export const firstInvalid = (root) => {
  for (const element of root.querySelectorAll('*')) {
    const control = /** @type {any} */ (element);
    if (element.matches(':disabled') || typeof control.checkValidity !== 'function') continue;
    if (element instanceof HTMLFormElement || element instanceof HTMLFieldSetElement) continue;
    if (!control.checkValidity()) return control;
  }
  return undefined;
};
