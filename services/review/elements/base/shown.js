import { framed, hearShell } from './shell.js';

/**
 * Fulfilled once a person sees the page: at once if it is opened alone, else when the page around says that the work
 * begins. Until then nothing may take the focus.
 * @type {Promise<void>}
 */
export const shown = new Promise((resolve) => {
  if (!framed()) resolve();
  const { signal } = new AbortController();
  hearShell((message) => message.type === 'shell:begin' && resolve(), signal);
});

/** Whether nothing on the page has the focus: only then may an element take it by itself. */
export const unfocused = () => document.activeElement === null || document.activeElement === document.body;
