import { ActiveTime } from '../base/active-time.js';
import { flag } from '../base/attributes.js';
import { CrowdControl } from '../base/control.js';
import { css } from '../base/css.js';
import { CrowdElement } from '../base/element.js';
import { collectAnswer, firstInvalid, restoreAnswer } from '../base/form.js';
import { Instructions, instructionsMarkup, instructionsStyles } from '../base/instructions.js';
import { laidOut } from '../base/layouts.js';
import { framed, hearShell, tellShell } from '../base/shell.js';
import { DrawingWatch } from './drawing-watch.js';
import { HastyPress, isSubmitKey } from './hasty-press.js';
import { t } from './texts.js';

/** How long after a change the answer so far is sent, so that it survives a lost page; and after the first of several. */
const [DRAFT_AFTER_SECONDS, DRAFT_AT_LAST_SECONDS] = [1, 3];
/** What can hide a control, and show it again with `reveal`. */
const HIDERS = 'crowd-tabs, crowd-modal';
const REGIONS = new Set(['short-instructions', 'full-instructions']);

const styles = css`
  :host { display: flex; flex-direction: column; min-height: 100dvh; }
  :host(.fills) { height: 100dvh; }
  .layout { display: flex; flex: 1 1 auto; min-height: 0; }
  .work { display: flex; flex-direction: column; flex: 1 1 auto; min-width: 0; min-height: 0; }
  ::slotted(form) { display: block; flex: 1 0 auto; padding: 24px; margin: 0; }
  :host(.flush) ::slotted(form) { display: flex; flex-direction: column; padding: 0; }
  :host(.fills) ::slotted(form) { display: flex; flex-direction: column; flex: 1 1 auto; min-height: 0; padding: 0; }
  footer {
    position: sticky; bottom: 0; z-index: 5; display: flex; align-items: center; justify-content: flex-end; gap: 16px;
    padding: 10px 16px; border-top: 1px solid var(--crowd-line); background: var(--crowd-surface);
  }
  footer:not(.submits):has(#message:empty) { display: none; }
  #message { flex: 1 1 auto; margin: 0; color: var(--crowd-danger); font-size: 14px; font-weight: 500; }
  #answers-box {
    margin: 0; padding: 16px; overflow: auto; border-top: 1px solid var(--crowd-line); background: var(--crowd-accent-soft);
    font: 13px/1.5 ui-monospace, 'Cascadia Mono', Menlo, Consolas, monospace; white-space: pre-wrap;
  }
`;

/**
 * The form of a task. Its children move into an ordinary `<form>`, which stays in the page's own tree; a Submit button
 * is added if the page has none. The answer goes to the page around, or, opened alone, is shown.
 */
export class CrowdForm extends CrowdElement {
  static styles = [instructionsStyles, styles];
  static template = `
    <div class="layout">
      ${instructionsMarkup}
      <div class="work">
        <slot></slot>
        <footer>
          <p id="message" role="alert"></p>
          <slot name="actions"></slot>
        </footer>
        <pre id="answers-box" aria-label="${t('answer')}" hidden></pre>
      </div>
    </div>`;

  #form = document.createElement('form');
  #instructions = new Instructions(this);
  #time = new ActiveTime();
  #hasty = new HastyPress();
  #sending = false;
  #drawing = new DrawingWatch(() => this.querySelectorAll(laidOut('fills')), (drawing) => tellShell({ type: 'crowd:drawing', drawing }));
  /** The timer of the next draft, 0 if there is nothing to send, and when its first change came. */
  #draft = 0;
  #changedAt = 0;
  /** @type {Event|null} the event that the page's own handlers are looking at */
  #asked = null;

  /** The ordinary form inside, which holds the children. */
  get form() {
    return this.#form;
  }

  /** Send the answer if it is valid; as with a native form, no `submit` event is fired. */
  submit() {
    if (this.#isValid()) this.#send();
  }

  /** Submit as a press on the button does: check, ask the page's handlers, send. */
  requestSubmit() {
    this.#form.requestSubmit();
  }

  reset() {
    this.#form.reset();
  }

  /** @param {AbortSignal} signal */
  connected(signal) {
    this.#form.noValidate = true;
    this.#adopt();
    this.#instructions.connect(signal);
    const late = new MutationObserver(() => this.#adopt());
    late.observe(this, { childList: true, subtree: true });
    signal.addEventListener('abort', () => late.disconnect());
    this.addEventListener('submit', (event) => this.#onSubmit(event), { signal, capture: true });
    for (const kind of ['input', 'change']) this.addEventListener(kind, () => this.#onChange(), { signal });
    hearShell((message) => this.#onShell(message), signal);
    this.#time.watch(window, signal);
    this.#drawing.watch(signal);
    this.#hasty.watch(signal, (event) => isSubmitKey(event) || event.composedPath().some(isSubmitButton));
    document.addEventListener('keydown', (event) => this.#onKey(event), { signal });
    for (const [target, kind] of /** @type {const} */ ([[window, 'pagehide'], [document, 'visibilitychange']])) {
      target.addEventListener(kind, () => this.#draft && this.#sendDraft(), { signal });
    }
  }

  #adopt() {
    const strangers = Array.from(this.childNodes).filter((child) => child !== this.#form && !belongsOutside(child));
    this.#form.append(...strangers);
    for (const region of Array.from(this.#form.children)) if (REGIONS.has(region.localName)) this.append(region);
    if (this.#form.parentNode !== this) this.prepend(this.#form);
    this.#ensureSubmit();
    this.#instructions.place();
    const [filling, flush] = [laidOut('fills'), laidOut('flush')];
    this.classList.toggle('fills', this.querySelector(`:scope > form > ${filling}`) !== null);
    this.classList.toggle('flush', this.querySelectorAll(flush).length === 1 && this.#form.matches(`:has(> ${flush}:first-child)`));
  }

  #ensureSubmit() {
    const ours = this.querySelector(':scope > crowd-button[slot="actions"]');
    const theirs = Array.from(this.querySelectorAll('crowd-button')).some((button) => button !== ours && submits(button));
    if (theirs) ours?.remove();
    else if (!ours) this.append(submitButton());
    this.part$('footer').classList.toggle('submits', !theirs);
  }

  /**
   * The browser wants to submit a form inside. The page's handlers get an event of our own, so that the answer is
   * collected after the last of them has run, in any order they were added.
   * @param {SubmitEvent} event
   */
  #onSubmit(event) {
    if (event === this.#asked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.#hasty.isTooEarly) tellShell({ type: 'crowd:too_early' });
    if (this.#sending || this.#hasty.isTooEarly || !this.#isValid()) return;
    this.#asked = new SubmitEvent('submit', { bubbles: true, cancelable: true, submitter: event.submitter });
    const agreed = (event.target ?? this.#form).dispatchEvent(this.#asked);
    this.#asked = null;
    if (agreed) this.#send();
  }

  #isValid() {
    const refused = firstInvalid(this);
    this.#say(refused ? complaint(refused) : '');
    if (refused) bringIntoView(refused);
    return !refused;
  }

  #send() {
    if (this.#sending) return;
    const answer = collectAnswer(this);
    this.#forgetDraft();
    if (!framed()) {
      this.#show(answer);
      return;
    }
    this.#setSending(true);
    tellShell({ type: 'crowd:submit', answer, seconds: this.#seconds });
  }

  get #seconds() {
    return Math.round(this.#time.seconds * 1000) / 1000;
  }

  #sendDraft() {
    this.#forgetDraft();
    if (!this.#sending) tellShell({ type: 'crowd:draft', answer: collectAnswer(this), seconds: this.#seconds });
  }

  #forgetDraft() {
    clearTimeout(this.#draft);
    this.#draft = 0;
  }

  /**
   * A tool or classifier that is the whole task gets the focus, so that its keys work without a press first.
   * @param {number} seconds
   * @param {boolean} follows whether another task was shown immediately before
   */
  #begin(seconds, follows) {
    this.#time.restart(seconds);
    if (follows) this.#hasty.begin();
    const whole = this.classList.contains('fills') || this.classList.contains('flush');
    if (whole && document.activeElement === document.body) firstControl(this)?.focus({ preventScroll: true });
  }

  /** @param {Record<string, unknown>} answer */
  #restore(answer) {
    const left = restoreAnswer(this, answer);
    tellShell({ type: 'crowd:restored', left });
  }

  /** Ctrl+Enter or Cmd+Enter presses the button that submits. @param {KeyboardEvent} event */
  #onKey(event) {
    if (!isSubmitKey(event) || event.defaultPrevented || event.isComposing) return;
    event.preventDefault();
    if (event.repeat) return; // a key held down would go on to the next task
    const button = Array.from(this.querySelectorAll('crowd-button')).find(submits);
    if (button instanceof HTMLElement) button.click();
    else this.requestSubmit();
  }

  /** @param {object} answer */
  #show(answer) {
    const box = this.part$('#answers-box');
    box.textContent = JSON.stringify(answer, null, 2);
    box.hidden = false;
    box.scrollIntoView({ block: 'nearest' });
  }

  #onChange() {
    if (this.part$('#message').textContent && !firstInvalid(this)) this.#say('');
    if (!this.#draft) {
      this.#changedAt = performance.now();
      tellShell({ type: 'crowd:dirty', dirty: true });
    }
    clearTimeout(this.#draft);
    const patience = DRAFT_AT_LAST_SECONDS * 1000 - (performance.now() - this.#changedAt);
    this.#draft = setTimeout(() => this.#sendDraft(), Math.max(0, Math.min(DRAFT_AFTER_SECONDS * 1000, patience)));
  }

  /** @param {import('../base/shell.js').ShellMessage} message */
  #onShell(message) {
    if (message.type === 'shell:submitting') this.#setSending(true);
    if (message.type === 'shell:begin') this.#begin(Number(message.seconds) || 0, message.follows === true);
    if (message.type === 'shell:restore') this.#restore(message.answer);
    if (message.type !== 'shell:error') return;
    this.#setSending(false);
    this.#say(message.message || t('not_saved'));
    this.#sendDraft(); // the answer was not accepted: its content is still kept
  }

  /** @param {boolean} sending */
  #setSending(sending) {
    this.#sending = sending;
    if (sending) this.#say('');
    for (const button of this.querySelectorAll('crowd-button')) {
      if (submits(button)) button.toggleAttribute('loading', sending);
    }
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.part$('#message').textContent = sentence;
  }
}

/** @param {Node} node */
const belongsOutside = (node) => node instanceof Element && (REGIONS.has(node.localName) || node.slot === 'actions');

/** @param {Element} form @returns {HTMLElement|undefined} */
const firstControl = (form) => Array.from(form.querySelectorAll('*')).find((element) => element instanceof CrowdControl);

/** @param {Element} button */
const submits = (button) => button.getAttribute('form-action') === 'submit' && !flag(button, 'hidden');

/** @param {EventTarget} target */
const isSubmitButton = (target) => target instanceof HTMLButtonElement || target instanceof HTMLInputElement
  ? target.form !== null && target.type === 'submit'
  : target instanceof Element && target.localName === 'crowd-button' && submits(target);

const submitButton = () => {
  const button = document.createElement('crowd-button');
  button.setAttribute('form-action', 'submit');
  button.setAttribute('variant', 'primary');
  button.setAttribute('slot', 'actions');
  button.textContent = t('submit');
  return button;
};

/** @param {HTMLElement} control */
const bringIntoView = (control) => {
  for (let hider = control.closest(HIDERS); hider; hider = hider.parentElement?.closest(HIDERS) ?? null) {
    /** @type {import('../display/crowd-tabs.js').CrowdTabs} */ (hider).reveal(control);
  }
  control.focus();
};

/** @param {HTMLElement & {validationMessage: string, title$?: string, name?: string, labels?: NodeListOf<HTMLLabelElement>|null}} control */
const complaint = (control) => {
  const name = control.title$ ?? control.labels?.[0]?.textContent?.trim() ?? control.name ?? control.getAttribute('name');
  const message = control.validationMessage || t('incomplete');
  return name ? `${name}: ${message}` : message;
};
