import { CrowdElement } from './element.js';

/**
 * The custom elements that a template defines itself. Their part of the answer is their `value` (with `checked`, a
 * choice), or, if they take part in forms only by their internals, what they would submit.
 * @typedef {import('./control.js').Submission} Submission
 */

/** Whether the template has defined this element. @param {Element} element */
export const isOwn = (element) =>
  element.localName.includes('-') && customElements.get(element.localName) !== undefined && !(element instanceof CrowdElement);

/** @param {Element} element */
export const ownName = (element) => {
  const name = element.getAttribute('name') ?? Reflect.get(element, 'name');
  return typeof name === 'string' ? name : '';
};

/** Whether forms include it, like a native control. @param {Element} element */
export const isFormAssociated = (element) => Reflect.get(customElements.get(element.localName) ?? {}, 'formAssociated') === true;

/** @param {Element} element */
export const isOwnDisabled = (element) => element.matches(':disabled') || Reflect.get(element, 'disabled') === true;

/** Whether it can be chosen or not, like a checkbox. @param {Element} element */
const isChoice = (element) => typeof Reflect.get(element, 'checked') === 'boolean';

/** Whether it has a value to read. @param {Element} element */
export const hasValue = (element) => 'value' in element || isChoice(element) || isFormAssociated(element);

/**
 * What it adds to the answer.
 * @param {Element} element
 * @param {string} name
 * @returns {Submission}
 */
export const ownSubmission = (element, name) => {
  const value = Reflect.get(element, 'value');
  if (isChoice(element)) {
    return { choice: typeof value === 'string' && value !== '' ? value : 'on', chosen: Reflect.get(element, 'checked') };
  }
  if (!('value' in element)) return isFormAssociated(element) ? submitted(element, name) : undefined;
  if (value === undefined || value === null || value === '' || typeof value === 'function') return undefined;
  return { value: plainData(value) };
};

/**
 * What elements that take part in forms submit under names that no element has.
 * @param {ParentNode} root
 * @param {Set<string>} names
 * @returns {[string, string][]}
 */
export const submittedBeside = (root, names) => {
  const forms = new Set(Array.from(root.querySelectorAll('*')).filter((element) => isOwn(element) && isFormAssociated(element)).map(formOf));
  return Array.from(forms).flatMap((form) => entries(form).filter(([name]) => !names.has(name)));
};

/**
 * @param {Element} element
 * @param {unknown} value its part of the answer, or for a choice whether it was chosen
 * @returns {boolean} whether it took it
 */
export const restoreOwn = (element, value) => {
  if (isChoice(element)) return Reflect.set(element, 'checked', value);
  if ('value' in element) return Reflect.set(element, 'value', value ?? '');
  const restore = Reflect.get(element, 'formStateRestoreCallback');
  if (typeof restore !== 'function') return value === undefined;
  restore.call(element, value ?? null, 'restore');
  return true;
};

/** @param {Element} element @param {string} name @returns {Submission} */
const submitted = (element, name) => {
  const values = entries(formOf(element)).flatMap(([key, value]) => (key === name && value !== '' ? [value] : []));
  return values.length === 0 ? undefined : { value: values.length === 1 ? values[0] : values };
};

/** @param {Element} element */
const formOf = (element) => element.closest('form');

/** @param {HTMLFormElement|null} form @returns {[string, string][]} of a file, its name */
const entries = (form) =>
  Array.from(form ? new FormData(form) : [], ([name, value]) => [name, typeof value === 'string' ? value : value.name]);

/** A copy in JSON's form; values that JSON cannot hold become texts. @param {unknown} value */
const plainData = (value) => {
  try {
    return JSON.parse(JSON.stringify(value));
  } catch (error) {
    if (!(error instanceof TypeError) && !(error instanceof SyntaxError)) throw error;
    return String(value);
  }
};
