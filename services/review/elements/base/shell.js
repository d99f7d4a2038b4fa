/**
 * The page around the frame: the task page of the portal. Its origin is not known to the frame (which is
 * sandboxed, with an opaque origin of its own), so messages go to "*" and are checked by their source.
 */

/** Whether there is a page around this one. */
export const framed = () => window.parent !== window;

/**
 * What the frame says. It is dirty from the first change that no draft holds, and drawing while something is begun that
 * is in no answer yet. A draft is the answer as it stands, sent a second after a change; `left` are the names of the
 * controls that could not be set to it; `too_early` is a press on Submit that was not meant for this task.
 * @typedef {{type: 'crowd:ready'}
 *   |{type: 'crowd:dirty', dirty: boolean}
 *   |{type: 'crowd:drawing', drawing: boolean}
 *   |{type: 'crowd:too_early'}
 *   |{type: 'crowd:draft', answer: object, seconds: number}
 *   |{type: 'crowd:restored', left: string[]}
 *   |{type: 'crowd:submit', answer: object, seconds: number}} FrameMessage
 */

/**
 * What the page around says. `shell:begin`: the frame is now before the worker's eyes, who has worked `seconds` on it
 * already, and whether it `follows` another task that was just submitted. `shell:restore`: set the controls to this
 * draft. `shell:show`: the template that was got ready takes its place.
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
 * Hear the messages of the page around, and of nobody else.
 * @param {(message: ShellMessage) => void} listener
 * @param {AbortSignal} signal
 */
export const hearShell = (listener, signal) => {
  window.addEventListener('message', (event) => {
    const known = framed() && event.source === window.parent && typeof event.data?.type === 'string';
    if (known && event.data.type.startsWith('shell:')) listener(event.data);
  }, { signal });
};
