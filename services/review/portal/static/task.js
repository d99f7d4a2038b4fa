/**
 * The shell of a task. It hears the template in its sandboxed frame, sends the answer, and tells the frame what came of
 * it. The frame has an origin of its own and is known by its window only.
 */
import { countDown } from './clock.js';

const SUBMIT_SECONDS = 30;

const frame = /** @type {HTMLIFrameElement} */ (document.getElementById('frame'));
const words = frame.dataset;
let dirty = false;
let sending = false;

/**
 * @param {string} text
 * @param {{bad?: boolean, link?: boolean}} [options]
 */
const notify = (text, { bad = false, link = false } = {}) => {
  const notice = /** @type {HTMLElement} */ (document.getElementById('notice'));
  /** @type {HTMLElement} */ (document.getElementById('notice-text')).textContent = text;
  /** @type {HTMLElement} */ (document.getElementById('notice-link')).hidden = !link;
  notice.classList.toggle('bad', bad);
  notice.hidden = false;
};

/** @param {{type: string, message?: string}} message */
const tellFrame = (message) => frame.contentWindow?.postMessage(message, '*');

/** @param {string} message @param {boolean} final */
const refuse = (message, final) => {
  sending = false;
  notify(message, { bad: true, link: final });
  tellFrame({ type: 'shell:error', message });
};

/** @param {string} address */
const leaveFor = (address) => {
  dirty = false;
  location.assign(address);
};

/** @param {Document} page */
const tokenIn = (page) => page.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? '';

/** The token of the session as it is now: it changed if the worker signed in again in another tab. */
const freshToken = async () => {
  const response = await fetch(location.href);
  return tokenIn(new DOMParser().parseFromString(await response.text(), 'text/html'));
};

/** @param {{answer: object, seconds: number}} submission @param {string} token */
const post = (submission, token) => fetch(words.submit ?? '', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
  body: JSON.stringify({ answer: submission.answer, seconds: submission.seconds }),
  signal: AbortSignal.timeout(SUBMIT_SECONDS * 1000),
});

/** @param {{answer: object, seconds: number}} submission */
const send = async (submission) => {
  const response = await post(submission, tokenIn(document));
  return response.status === 403 ? post(submission, await freshToken()) : response;
};

/** @param {{answer: object, seconds: number}} submission */
const submit = async (submission) => {
  if (sending) return;
  sending = true;
  notify(words.submitting ?? '');
  tellFrame({ type: 'shell:submitting' });
  try {
    const response = await send(submission);
    const reply = await response.json();
    if (response.ok) leaveFor(reply.next);
    else refuse(reply.error.message, response.status < 500);
  } catch {
    refuse(words.unreachable ?? '', false);
  }
};

window.addEventListener('message', (event) => {
  if (event.source !== frame.contentWindow || typeof event.data !== 'object' || event.data === null) return;
  if (event.data.type === 'crowd:dirty') dirty = event.data.dirty === true;
  if (event.data.type === 'crowd:submit') void submit(event.data);
});

// Not before now: what a quick template posts while nobody listens would be lost.
frame.src = words.src ?? '';

window.addEventListener('beforeunload', (event) => {
  if (dirty) event.preventDefault();
});

for (const form of document.querySelectorAll('form[data-confirm]')) {
  form.addEventListener('submit', (event) => {
    if (confirm(/** @type {HTMLElement} */ (form).dataset.confirm)) dirty = false;
    else event.preventDefault();
  });
}

const timeLeft = /** @type {HTMLElement} */ (document.getElementById('time-left'));
countDown(timeLeft, Number(words.secondsLeft), () => notify(words.expired ?? '', { bad: true, link: true }));
