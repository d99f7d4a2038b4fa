/** Registers all elements; a page needs this one script. */
import { layOut } from './base/layouts.js';
import { dress } from './base/theme.js';
import { tellShell } from './base/shell.js';
import { ELEMENTS } from './registry.js';
import { t } from './unsupported/texts.js';
import { watchUnsupported } from './unsupported/unsupported-notice.js';

/**
 * @param {string} tag
 * @param {CustomElementConstructor} type
 */
const register = (tag, type) => {
  if (!customElements.get(tag)) customElements.define(tag, type);
};

/** @param {'form'|'data'} trait */
const tagsWith = (trait) => Object.keys(ELEMENTS).filter((tag) => ELEMENTS[tag][trait]);

const warnWithoutForm = () => {
  if (document.querySelector(tagsWith('form').join(', ')) || !document.body) return;
  const warning = document.createElement('crowd-alert');
  warning.setAttribute('type', 'warning');
  warning.textContent = t('no_form');
  document.body.prepend(warning);
};

let announced = false;

const announce = () => {
  if (announced) return;
  announced = true;
  watchUnsupported(document, new Set(tagsWith('data')));
  warnWithoutForm();
  document.dispatchEvent(new Event('all-crowd-elements-ready'));
  tellShell({ type: 'crowd:ready' });
};

dress(document);
for (const [tag, { type }] of Object.entries(ELEMENTS)) layOut(tag, type?.layout);
for (const [tag, { type }] of Object.entries(ELEMENTS)) if (type) register(tag, type);
if (document.readyState === 'complete') announce();
document.addEventListener('DOMContentLoaded', announce, { once: true });
// A script that was added late comes after DOMContentLoaded.
window.addEventListener('load', announce, { once: true });
