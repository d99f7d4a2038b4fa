/**
 * Let a dialog be closed by its close buttons and by a press on its backdrop (Escape does so by itself).
 * @param {HTMLDialogElement} dialog
 * @param {AbortSignal} signal
 */
export const closable = (dialog, signal) => {
  for (const button of dialog.querySelectorAll('.close')) {
    button.addEventListener('click', () => dialog.close(), { signal });
  }
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  }, { signal });
};
