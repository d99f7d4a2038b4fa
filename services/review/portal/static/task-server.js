/** The requests of the task page to the server. */

const SECONDS = 30;
/** Above this a request cannot outlive its page; such a draft is lost if the page ends at the same moment. */
const MOST_KEPT_ALIVE = 60_000;

/** @param {Document} page */
const tokenIn = (page) => page.querySelector('meta[name="csrf-token"]')?.getAttribute('content') ?? '';

/** The session's current token: it changed if the worker signed in again in another tab. */
const freshToken = async () => {
  const response = await fetch(location.href);
  return tokenIn(new DOMParser().parseFromString(await response.text(), 'text/html'));
};

/**
 * @param {string} address
 * @param {string} body
 * @param {string} token
 */
const post = (address, body, token) => fetch(address, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': token },
  body,
  keepalive: body.length < MOST_KEPT_ALIVE,
  signal: AbortSignal.timeout(SECONDS * 1000),
});

/**
 * Send JSON to a task's address.
 * @param {string} task its id
 * @param {'submit'|'draft'|'next'|'shown'} action
 * @param {string} body
 */
export const send = async (task, action, body) => {
  const address = `/portal/tasks/${task}/${action}`;
  const response = await post(address, body, tokenIn(document));
  return response.status === 403 ? post(address, body, await freshToken()) : response;
};
