import { instructionsMarkup } from '../base/instructions.js';
import { t } from './texts.js';

const KEYS = /** @type {const} */ ([
  ['← → ↑ ↓ Home End', 'keys_arrows'],
  ['Shift + ← →, Ctrl', 'keys_select'],
  ['1 … 9 0 a … z', 'keys_label'],
  ['Enter', 'keys_enter'],
  ['Delete', 'keys_delete'],
  ['Ctrl + Z, Ctrl + Y', 'keys_undo'],
  ['Esc', 'keys_escape'],
]);

/** The tool without its words: a template is made once, before the page's language is known. */
export const annotatorMarkup = `
  <div class="layout">
    ${instructionsMarkup}
    <section class="annotation-area">
      <h1 class="header" id="header"></h1>
      <p class="problem" role="alert" hidden></p>
      <div class="columns">
        <div class="paper"><slot name="annotated-text"></slot></div>
        <div class="side">
          <div class="tools">
            <button type="button" class="undo"></button><button type="button" class="redo"></button>
          </div>
          <p class="hint"></p>
          <h2 class="labels-heading"></h2>
          <div class="labels"></div>
          <h2 class="marks-heading"></h2>
          <ol class="marks"></ol>
          <details class="keys"><summary></summary><dl></dl></details>
        </div>
      </div>
      <p class="visually-hidden" role="status"></p>
      <slot></slot>
    </section>
  </div>`;

/**
 * Write the words into the tool.
 * @param {import('../base/element.js').CrowdElement} host
 */
export const fillWords = (host) => {
  for (const [selector, key] of [['.undo', 'undo'], ['.redo', 'redo'], ['.labels-heading', 'labels'], ['.marks-heading', 'marks'], ['.keys summary', 'keys']]) {
    host.part$(selector).textContent = t(key);
  }
  host.part$('.labels').setAttribute('aria-label', t('labels'));
  const rows = KEYS.flatMap(([keys, meaning]) => {
    const [term, description] = [document.createElement('dt'), document.createElement('dd')];
    term.textContent = keys;
    description.textContent = t(meaning);
    return [term, description];
  });
  host.part$('.keys dl').replaceChildren(...rows);
};

/** The element that holds the text; it is in the page's own tree. */
export const textRoot = () => {
  const root = document.createElement('div');
  root.slot = 'annotated-text';
  root.className = 'crowd-annotated-text';
  root.tabIndex = 0;
  root.setAttribute('role', 'textbox');
  root.setAttribute('aria-multiline', 'true');
  root.setAttribute('aria-readonly', 'true');
  return root;
};
