import { GESTURES, SHORTCUTS } from './keyboard.js';

/**
 * Write the shortcuts panel's lists from the tables of keys and gestures.
 * @param {HTMLElement} root
 */
export const writeShortcuts = (root) => {
  const keys = SHORTCUTS.map(({ keys: names, does }) => [names, does]);
  root.replaceChildren(section('Mouse and touch', GESTURES), section('Keyboard', keys));
};

/**
 * @param {string} heading
 * @param {string[][]} rows
 */
const section = (heading, rows) => {
  const part = document.createElement('section');
  const list = document.createElement('dl');
  for (const [names, does] of rows) list.append(element('dt', names), element('dd', does));
  part.append(element('h3', heading), list);
  return part;
};

/**
 * @param {string} tag
 * @param {string} text
 */
const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
