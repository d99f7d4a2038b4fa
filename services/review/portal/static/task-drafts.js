/** Sends the answer so far to the server: one request at a time, always the newest, again until it arrives. */

const AGAIN_AFTER_SECONDS = 3;

/** @typedef {{answer: object|null, seconds: number}} Draft */

export class Drafts {
  #send;
  #show;
  /** @type {Draft|null} */
  #waiting = null;
  #sending = false;
  #kept = '';
  #timer = 0;
  #epoch = 0;

  /**
   * @param {(draft: Draft) => Promise<'kept'|'refused'|'lost'>} send
   * @param {(state: 'saving'|'saved'|'unsaved'|'') => void} show
   */
  constructor(send, show) {
    this.#send = send;
    this.#show = show;
  }

  /** Keep a draft, instead of the one before. @param {Draft} draft */
  keep(draft) {
    if (JSON.stringify(draft.answer) === this.#kept && !this.#waiting && !this.#sending) return;
    this.#waiting = draft;
    void this.#run();
  }

  /** Send what waits once more, whatever comes of it: it is late work. */
  async last() {
    if (this.#waiting) await this.#send(this.#waiting);
  }

  /** Another task begins, or this one ends: what has not been sent never will be. */
  forget() {
    this.#epoch += 1;
    this.#waiting = null;
    this.#kept = '';
    this.#sending = false;
    clearTimeout(this.#timer);
    this.#show('');
  }

  async #run() {
    clearTimeout(this.#timer);
    const draft = this.#waiting;
    if (this.#sending || !draft) return;
    const epoch = this.#epoch;
    this.#sending = true;
    this.#waiting = null;
    this.#show('saving');
    const outcome = await this.#send(draft);
    if (epoch !== this.#epoch) return;
    this.#sending = false;
    if (outcome === 'kept') this.#kept = JSON.stringify(draft.answer);
    if (outcome === 'lost') {
      this.#waiting ??= draft;
      this.#timer = setTimeout(() => this.#run(), AGAIN_AFTER_SECONDS * 1000);
    }
    this.#show(outcome === 'kept' ? 'saved' : 'unsaved');
    if (outcome !== 'lost' && this.#waiting) void this.#run();
  }
}
