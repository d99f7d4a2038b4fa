/**
 * Sends the answer so far to the server: one request at a time, always the newest, again until it arrives. It shows
 * "saved" only while everything on screen is saved.
 */

const AGAIN_AFTER_SECONDS = 3;

/** @typedef {{answer: object|null, seconds: number}} Draft */

export class Drafts {
  #send;
  #show;
  /** @type {Draft|null} */
  #waiting = null;
  #sending = false;
  /** Whether something on screen is not yet in a draft. */
  #changed = false;
  /** Whether something is being drawn that is not yet in an answer. */
  #drawing = false;
  #failed = false;
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

  /** The answer on screen changed; its draft will follow. */
  changed() {
    this.#changed = true;
    this.#tell();
  }

  /** @param {boolean} drawing whether something was started that will be in the answer when it is finished */
  drawing(drawing) {
    this.#drawing = drawing;
    this.#tell();
  }

  /** Keep a draft in place of the last one. @param {Draft} draft */
  keep(draft) {
    this.#changed = false;
    if (JSON.stringify(draft.answer) === this.#kept && !this.#waiting && !this.#sending) {
      this.#tell();
      return;
    }
    this.#waiting = draft;
    void this.#run();
  }

  /** What is on screen cannot be kept. */
  refuse() {
    this.#changed = false;
    this.#failed = true;
    this.#tell();
  }

  /** Send what waits once more, even if it is refused: it is late work. */
  async last() {
    if (this.#waiting) await this.#send(this.#waiting);
  }

  /** Another task begins, or this one ends: what has not been sent is dropped. */
  forget() {
    this.#epoch += 1;
    this.#waiting = null;
    this.#kept = '';
    this.#sending = this.#changed = this.#drawing = this.#failed = false;
    clearTimeout(this.#timer);
    this.#tell();
  }

  async #run() {
    clearTimeout(this.#timer);
    const draft = this.#waiting;
    if (this.#sending || !draft) {
      this.#tell();
      return;
    }
    const epoch = this.#epoch;
    this.#sending = true;
    this.#waiting = null;
    this.#tell();
    const outcome = await this.#send(draft);
    if (epoch !== this.#epoch) return;
    this.#sending = false;
    this.#failed = outcome !== 'kept';
    if (outcome === 'kept') this.#kept = JSON.stringify(draft.answer);
    if (outcome === 'lost') {
      this.#waiting ??= draft;
      this.#timer = setTimeout(() => this.#run(), AGAIN_AFTER_SECONDS * 1000);
    }
    this.#tell();
    if (outcome !== 'lost' && this.#waiting) void this.#run();
  }

  #tell() {
    const isOpen = this.#changed || this.#waiting || this.#sending;
    if (this.#failed) this.#show('unsaved');
    else if (isOpen || (this.#drawing && this.#kept)) this.#show('saving');
    else this.#show(this.#kept ? 'saved' : '');
  }
}
