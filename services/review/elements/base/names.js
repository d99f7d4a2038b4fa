import { CrowdControl } from './control.js';
import { isOwn, ownName } from './own-elements.js';

/**
 * Everything under the root that may have a part in the answer, with the name of that part, in document order. An
 * element of ours without a name gets its tag's name, the second of a tag with a number, so none overwrites another.
 * @param {ParentNode} root
 * @returns {Map<Element, string>}
 */
export const namesUnder = (root) => {
  const elements = Array.from(root.querySelectorAll('*'));
  const given = new Map(elements.map((element) => [element, givenName(element)]));
  const taken = new Set(given.values());
  const names = new Map();
  for (const [element, name] of given) {
    if (name) names.set(element, name);
    else if (element instanceof CrowdControl) names.set(element, freeName(element.fallbackName, taken));
  }
  return names;
};

/** @param {Element} element */
const givenName = (element) => {
  if (element instanceof CrowdControl) return element.answerName;
  return isOwn(element) ? ownName(element) : element.getAttribute('name') ?? '';
};

/**
 * The name, or the name with the first number that makes it unique; it is then taken.
 * @param {string} name
 * @param {Set<string>} taken
 */
const freeName = (name, taken) => {
  let free = name;
  for (let number = 2; taken.has(free); number += 1) free = `${name}-${number}`;
  taken.add(free);
  return free;
};
