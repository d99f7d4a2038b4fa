/** Keeps the list of jobs current without a reload: asks every half minute while the page is visible. */

const EVERY_SECONDS = 30;

// The worker's day begins at their own midnight.
const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
const known = document.cookie.split('; ').includes(`nightloop_time_zone=${encodeURIComponent(zone)}`);
if (!known) document.cookie = `nightloop_time_zone=${encodeURIComponent(zone)}; path=/portal; max-age=31536000; samesite=lax`;

const live = () => /** @type {HTMLElement} */ (document.getElementById('live'));

/** @param {ParentNode} root @returns {Map<string, number>} */
const waitingIn = (root) => new Map(Array.from(root.querySelectorAll('[data-flow]'), (row) => {
  const { flow = '', waiting = '0' } = /** @type {HTMLElement} */ (row).dataset;
  return [flow, Number(waiting)];
}));

/** Only a change that matters is read aloud: a job without tasks now has some. @param {HTMLElement} next */
const tell = (next) => {
  const before = waitingIn(live());
  const arrived = Array.from(next.querySelectorAll('[data-flow]'), (row) => /** @type {HTMLElement} */ (row))
    .filter((row) => Number(row.dataset.waiting) > 0 && !before.get(row.dataset.flow ?? ''))
    .map((row) => row.querySelector('strong')?.textContent ?? '');
  if (arrived.length === 0) return;
  const said = /** @type {HTMLElement} */ (document.getElementById('said'));
  said.textContent = (next.dataset.arrived ?? '').replace('{titles}', arrived.join(', '));
};

/** Where the focus is, as a position that can be found again in a new list. */
const focused = () => {
  const { activeElement } = document;
  if (!(activeElement instanceof HTMLElement) || !live().contains(activeElement)) return undefined;
  return /** @type {HTMLElement|null} */ (activeElement.closest('[data-flow]'))?.dataset.flow;
};

/** @param {string} html */
const replace = (html) => {
  const next = new DOMParser().parseFromString(html, 'text/html').getElementById('live');
  if (!next) {
    location.reload(); // the session has ended
    return;
  }
  if (next.outerHTML === live().outerHTML) return;
  tell(next);
  const flow = focused();
  live().replaceWith(next);
  const row = flow === undefined ? undefined : Array.from(next.querySelectorAll('[data-flow]')).find((one) => one.getAttribute('data-flow') === flow);
  row?.querySelector('button')?.focus();
};

let asking = false;

const refresh = async () => {
  if (asking || document.hidden) return;
  asking = true;
  try {
    const response = await fetch('/portal/');
    if (response.ok) replace(await response.text());
  } catch (error) {
    // The network may fail for a while; the list stays, and the next round asks again.
    if (!(error instanceof TypeError)) throw error;
  } finally {
    asking = false;
  }
};

setInterval(refresh, EVERY_SECONDS * 1000);
document.addEventListener('visibilitychange', refresh);
if (!known) void refresh();
