import { VIEW_KEYS } from './keyboard.js';

/**
 * Write the shortcuts panel's lists from the tables of keys and gestures.
 * @param {HTMLElement} root
 * @param {readonly {keys: string, does: string}[]} gestures
 * @param {readonly {keys: string, does: string}[]} shortcuts
 * @param {import('./bench.js').Texts} t
 */
export const writeShortcuts = (root, gestures, shortcuts, t) => {
  const looking = shortcuts.filter((each) => isOfView(each));
  const drawing = shortcuts.filter((each) => !isOfView(each));
  const left = document.createElement('div');
  left.append(section(t('help.pointer'), gestures, t), section(t('help.view'), looking, t));
  root.replaceChildren(left, section(t('help.keyboard'), drawing, t));
};

/** @param {object} shortcut */
const isOfView = (shortcut) => VIEW_KEYS.some((each) => each === shortcut);

/**
 * @param {string} heading
 * @param {readonly {keys: string, does: string}[]} rows
 * @param {import('./bench.js').Texts} t
 */
const section = (heading, rows, t) => {
  const part = document.createElement('section');
  const list = document.createElement('dl');
  for (const { keys, does } of rows) list.append(element('dt', t(keys)), element('dd', t(does)));
  part.append(element('h3', heading), list);
  return part;
};

/**
 * @param {string} tag
 * @param {string} text
 */
const element = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
