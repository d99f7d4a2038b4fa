/**
 * The page around the frame: the task page of the portal. Its origin is not known to the frame (which is
 * sandboxed, with an opaque origin of its own), so messages go to "*" and are checked by their source.
 */

/** Whether there is a page around this one. */
export const framed = () => window.parent !== window;

/**
 * Send a message to the page around.
 * @param {{type: 'crowd:ready'}|{type: 'crowd:dirty', dirty: boolean}|{type: 'crowd:submit', answer: object, seconds: number}} message
 */
export const tellShell = (message) => {
  if (framed()) window.parent.postMessage(message, '*');
};

/**
 * Hear the messages of the page around, and of nobody else.
 * @param {(message: {type: string, message?: string}) => void} listener
 * @param {AbortSignal} signal
 */
export const hearShell = (listener, signal) => {
  window.addEventListener('message', (event) => {
    const known = framed() && event.source === window.parent && typeof event.data?.type === 'string';
    if (known && event.data.type.startsWith('shell:')) listener(event.data);
  }, { signal });
};
