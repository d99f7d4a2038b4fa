import { parseRelaxed } from './relaxed-json.js';

/**
 * Whether a boolean attribute is set; the text "false" counts as not set.
 * @param {Element} element
 * @param {string} name
 */
export const flag = (element, name) => {
  const value = element.getAttribute(name);
  return value !== null && value.trim().toLowerCase() !== 'false';
};

/**
 * The number in an attribute, or the default if it is missing or not a number.
 * @param {Element} element
 * @param {string} name
 * @param {number} fallback
 */
export const number = (element, name, fallback) => {
  const text = element.getAttribute(name)?.trim();
  const value = Number(text);
  return text && Number.isFinite(value) ? value : fallback;
};

/**
 * The list in an attribute of relaxed JSON; missing or blank gives an empty list.
 * @param {Element} element
 * @param {string} name
 * @returns {unknown[]}
 * @throws {TypeError} naming element and attribute, if the text is not a list
 */
export const list = (element, name) => {
  const value = structure(element, name);
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new TypeError(`<${element.localName}> ${name}: expected a list such as ['cat', 'dog']`);
  return value;
};

/**
 * The value in an attribute of relaxed JSON; undefined when missing or blank.
 * @param {Element} element
 * @param {string} name
 * @returns {unknown}
 * @throws {TypeError} naming element and attribute
 */
export const structure = (element, name) => {
  const text = element.getAttribute(name);
  if (text === null || text.trim() === '') return undefined;
  try {
    return parseRelaxed(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new TypeError(`<${element.localName}> ${name}: ${cause.message}`, { cause });
  }
};

/**
 * Give a class properties that reflect its attributes, as native controls have: texts, which null removes.
 * @param {{prototype: HTMLElement}} type
 * @param {Record<string, string>} names attributes by the names of their properties
 */
export const reflect = ({ prototype }, names) => {
  for (const [property, attribute] of Object.entries(names)) {
    Object.defineProperty(prototype, property, {
      configurable: true,
      enumerable: true,
      /** @this {HTMLElement} */
      get() {
        return this.getAttribute(attribute) ?? '';
      },
      /** @this {HTMLElement} @param {unknown} next */
      set(next) {
        if (next === null || next === undefined) this.removeAttribute(attribute);
        else this.setAttribute(attribute, String(next));
      },
    });
  }
};
