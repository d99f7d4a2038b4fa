import { CrowdControl } from './control.js';
import { items, member } from './json.js';
import { namesUnder } from './names.js';
import { hasValue, isOwn, isOwnDisabled, ownSubmission, restoreOwn, submittedBeside } from './own-elements.js';

/** @typedef {import('./control.js').Submission} Submission */

const NEVER_SUBMITTED = new Set(['button', 'submit', 'reset', 'image', 'file']);

/**
 * What an element adds to the answer.
 * @param {Element} element
 * @param {string} name
 * @returns {Submission}
 */
const submissionOf = (element, name) => {
  if (element instanceof CrowdControl) return element.submission();
  return isOwn(element) ? ownSubmission(element, name) : plainSubmission(element);
};

/** @param {Element} element */
const isDisabled = (element) => (isOwn(element) ? isOwnDisabled(element) : element.matches(':disabled'));

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
 * The answer of everything under the root that has a name (see `namesUnder`), in document order: choices of one name
 * are merged into one object, otherwise the last of a name wins. It is a copy: later changes do not reach it.
 * @param {ParentNode} root
 * @returns {Record<string, unknown>}
 */
export const collectAnswer = (root) => {
  /** @type {Map<string, unknown>} */
  const answer = new Map();
  /** @type {Map<string, Map<string, boolean>>} */
  const choices = new Map();
  const names = namesUnder(root);
  for (const [element, name] of names) {
    const submission = isDisabled(element) ? undefined : submissionOf(element, name);
    if (!submission) continue;
    if ('choice' in submission) addChoice(answer, choices, name, submission);
    else answer.set(name, submission.value);
  }
  for (const [name, value] of submittedBeside(root, new Set(names.values()))) answer.set(name, value);
  for (const [name, chosen] of choices) if (answer.get(name) === chosen) answer.set(name, Object.fromEntries(chosen));
  return JSON.parse(JSON.stringify(Object.fromEntries(answer)));
};

/**
 * @param {Map<string, unknown>} answer
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
 * Set everything named under the root to an answer that `collectAnswer` gave, and fire `change` on each, so that the
 * page's own scripts are notified. Of several controls of one name (other than choices) only the last is in an answer,
 * so only that one is set.
 * @param {ParentNode} root
 * @param {Record<string, unknown>} answer
 * @returns {string[]} the names of those that could not be set, or that nobody has defined
 */
export const restoreAnswer = (root, answer) => {
  /** @type {Set<string>} */
  const left = new Set();
  const controls = Array.from(namesUnder(root)).filter(([element]) => answers(element));
  /** The last element of each name. */
  const last = new Map(controls.map(([element, name]) => [name, element]));
  for (const [element, name] of controls) {
    const given = Object.hasOwn(answer, name) ? answer[name] : undefined;
    if (!restoreOne(element, name, given, last.get(name) === element)) left.add(name);
  }
  for (const element of root.querySelectorAll('[name]:not(:defined)')) {
    const name = element.getAttribute('name') ?? '';
    if (Object.hasOwn(answer, name) && !last.has(name)) left.add(name);
  }
  return [...left];
};

/** Whether an element takes part in the answer. @param {Element} element */
const answers = (element) => {
  if (isDisabled(element)) return false;
  if (element instanceof HTMLInputElement) return !NEVER_SUBMITTED.has(element.type);
  if (isOwn(element)) return hasValue(element);
  return element instanceof CrowdControl || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement;
};

/**
 * @param {Element} element
 * @param {string} name
 * @param {unknown} given what the answer has under its name
 * @param {boolean} last whether it is the last of its name
 * @returns {boolean} whether it now is what the answer says
 */
const restoreOne = (element, name, given, last) => {
  const submission = submissionOf(element, name);
  const isChoice = submission !== undefined && 'choice' in submission;
  const value = isChoice ? member(given, submission.choice) : given;
  if (isChoice ? typeof value !== 'boolean' : !last) return true;
  try {
    if (element instanceof CrowdControl) element.restore(value);
    else if (!isOwn(element)) restorePlain(element, value);
    else if (!restoreOwn(element, value)) return false;
  } catch (error) {
    // Each element checks its own part: a draft of a template that has changed since must not stop the others.
    console.warn(`<${element.localName}> ${name} was not restored:`, error);
    return false;
  }
  for (const kind of ['input', 'change']) element.dispatchEvent(new Event(kind, { bubbles: true, composed: true }));
  return !(element instanceof CrowdControl) || element.restore !== CrowdControl.prototype.restore;
};

/** @param {Element} element @param {unknown} value */
const restorePlain = (element, value) => {
  if (element instanceof HTMLInputElement && (element.type === 'checkbox' || element.type === 'radio')) {
    element.checked = value === true;
  } else if (element instanceof HTMLSelectElement && element.multiple) {
    const chosen = new Set(items(value));
    for (const option of element.options) option.selected = chosen.has(option.value);
  } else if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement || element instanceof HTMLSelectElement) {
    element.value = String(value ?? '');
  }
};

/**
 * The first control under the root that holds the answer back, in document order.
 * @param {ParentNode} root
 * @returns {(HTMLElement & {validationMessage: string})|undefined}
 */
export const firstInvalid = (root) => {
  for (const element of root.querySelectorAll('*')) {
    const control = /** @type {HTMLElement & {validationMessage: string, checkValidity?: () => boolean}} */ (element);
    if (isDisabled(element) || element instanceof HTMLFormElement || element instanceof HTMLFieldSetElement) continue;
    // An element that the template defines may be invalid only by its internals.
    const valid = typeof control.checkValidity === 'function' ? control.checkValidity() : !element.matches(':invalid');
    if (!valid) return control;
  }
  return undefined;
};
