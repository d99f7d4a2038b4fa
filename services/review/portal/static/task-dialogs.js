/** Asks before a task is given back. */

/**
 * Let each button open its dialog; Escape, "keep working" and a press beside it close it.
 * @param {() => void} onLeave when the worker confirms
 */
export const connectDialogs = (onLeave) => {
  for (const opener of document.querySelectorAll('[data-opens]')) {
    const dialog = /** @type {HTMLDialogElement} */ (document.getElementById(opener.getAttribute('data-opens') ?? ''));
    opener.addEventListener('click', () => dialog.showModal());
    dialog.querySelector('.keep')?.addEventListener('click', () => dialog.close());
    dialog.addEventListener('click', (event) => event.target === dialog && dialog.close());
    dialog.querySelector('form')?.addEventListener('submit', onLeave);
  }
};

/** Switch the dialogs to another task. @param {string} task its id */
export const aimDialogs = (task) => {
  for (const form of document.querySelectorAll('form[data-action]')) {
    form.setAttribute('action', `/portal/tasks/${task}/${form.getAttribute('data-action')}`);
  }
};
