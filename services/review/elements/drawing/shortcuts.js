/**
 * Write the shortcuts panel's lists from the tables of keys and gestures.
 * @param {HTMLElement} root
 * @param {readonly {keys: string, does: string}[]} gestures
 * @param {readonly {keys: string, does: string}[]} shortcuts
 * @param {import('./bench.js').Texts} t
 */
export const writeShortcuts = (root, gestures, shortcuts, t) => {
  root.replaceChildren(section(t('help.pointer'), gestures, t), section(t('help.keyboard'), shortcuts, t));
};

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
