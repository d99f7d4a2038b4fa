/**
 * The shell of a preview. The form itself posts template and input into the sandboxed frame, a second request asks what
 * is wrong with them, and the answer is shown and sent nowhere.
 */

/** @template {HTMLElement} T @param {string} id @returns {T} */
const part = (id) => /** @type {T} */ (document.getElementById(id));

const form = /** @type {HTMLFormElement} */ (part('draft'));
const frame = /** @type {HTMLIFrameElement} */ (part('preview'));
let asked = 0;

/** @param {string} kind @param {string} text @param {string} [tag] */
const notice = (kind, text, tag = 'p') => {
  const element = document.createElement(tag);
  element.className = `notice ${kind}`;
  element.textContent = text;
  return element;
};

/** @param {{error: string, findings: {code: string, message: string}[]}} report */
const said = ({ error, findings }) => {
  if (error) return [notice('bad', error, 'pre')];
  if (!findings.length) return [notice('good', part('report').dataset.fine ?? '')];
  return findings.map(({ code, message }) => {
    const finding = notice('bad', message);
    finding.dataset.code = code;
    return finding;
  });
};

/** Ask what will not work; only the last request counts. */
const ask = async () => {
  asked += 1;
  const mine = asked;
  let elements;
  try {
    const body = new URLSearchParams(Array.from(new FormData(form), ([name, value]) => [name, String(value)]));
    const response = await fetch('/portal/admin/preview/report', { method: 'POST', body });
    const report = await response.json();
    elements = said(response.ok ? report : { error: report.error.message, findings: [] });
  } catch {
    elements = [notice('bad', part('report').dataset.unreachable ?? '')];
  }
  if (mine !== asked) return;
  part('findings').replaceChildren(...elements);
  part('report').hidden = false;
};

form.addEventListener('submit', () => {
  part('shown').hidden = false;
  part('answer').hidden = true;
  void ask();
});

/** @param {{answer: unknown, seconds: unknown}} submission */
const show = ({ answer, seconds }) => {
  part('answer-json').textContent = JSON.stringify(answer, null, 2);
  part('seconds').textContent = (part('seconds').dataset.text ?? '').replace('{seconds}', String(Number(seconds) || 0));
  part('answer').hidden = false;
  part('answer').scrollIntoView({ block: 'nearest' });
  frame.contentWindow?.postMessage({ type: 'shell:error', message: frame.dataset.notStored }, '*');
};

window.addEventListener('message', (event) => {
  if (event.source !== frame.contentWindow || typeof event.data !== 'object' || event.data === null) return;
  if (event.data.type === 'crowd:ready') frame.contentWindow?.postMessage({ type: 'shell:begin', seconds: 0 }, '*');
  if (event.data.type === 'crowd:submit') show(event.data);
});
