/**
 * The page around the frame: the task page of the portal. The frame does not know its origin (the frame is sandboxed,
 * with an opaque origin of its own), so messages go to "*" and are checked by their source.
 */

/** Whether there is a page around this one. */
export const framed = () => window.parent !== window;

/**
 * What the frame says. It is dirty from the first change that is in no draft, and drawing while a started shape is not
 * yet in an answer. A draft is the current answer, sent a second after a change; `left` are the names of the controls
 * that could not be restored from it; `too_early` is a press on Submit that was not meant for this task.
 * @typedef {{type: 'crowd:ready'}
 *   |{type: 'crowd:dirty', dirty: boolean}
 *   |{type: 'crowd:drawing', drawing: boolean}
 *   |{type: 'crowd:too_early'}
 *   |{type: 'crowd:draft', answer: object, seconds: number}
 *   |{type: 'crowd:restored', left: string[]}
 *   |{type: 'crowd:submit', answer: object, seconds: number}} FrameMessage
 */

/**
 * What the page around says. `shell:begin`: the worker now sees the frame and has already worked `seconds` on it;
 * `follows` says whether another task was submitted immediately before. `shell:restore`: set the controls to this
 * draft. `shell:show`: the prepared template takes its place.
 * @typedef {{type: 'shell:submitting'}
 *   |{type: 'shell:error', message: string}
 *   |{type: 'shell:begin', seconds?: number, follows?: boolean}
 *   |{type: 'shell:restore', answer: Record<string, unknown>}
 *   |{type: 'shell:show'}} ShellMessage
 */

/**
 * Send a message to the page around.
 * @param {FrameMessage} message
 */
export const tellShell = (message) => {
  if (framed()) window.parent.postMessage(message, '*');
};

/**
 * Receive the messages of the page around, and of no other window.
 * @param {(message: ShellMessage) => void} listener
 * @param {AbortSignal} signal
 */
export const hearShell = (listener, signal) => {
  window.addEventListener('message', (event) => {
    const known = framed() && event.source === window.parent && typeof event.data?.type === 'string';
    if (known && event.data.type.startsWith('shell:')) listener(event.data);
  }, { signal });
};
