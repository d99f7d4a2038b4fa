const SPACE = 'http://www.w3.org/2000/svg';

/**
 * An element of a drawing.
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} name of its class
 * @returns {SVGElementTagNameMap[Tag]}
 */
export const svg = (tag, name = '') => {
  const element = /** @type {SVGElementTagNameMap[Tag]} */ (document.createElementNS(SPACE, tag));
  if (name) element.setAttribute('class', name);
  return element;
};
