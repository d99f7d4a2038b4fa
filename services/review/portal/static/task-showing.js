/** Tells the service that the worker has seen a task, again until it knows: it accepts no work before that. */

const AGAIN_AFTER_SECONDS = 2;

/** @typedef {{code: string, message: string}} Refusal */

export class Showing {
  #send;
  #on;
  #task = '';
  #since = 0;
  #known = true;
  /** @type {Promise<void>|null} */
  #asking = null;
  #timer = 0;

  /**
   * @param {(task: string, body: string) => Promise<Response>} send
   * @param {{known: (task: {now: number, deadline: number}) => void, refused: (refusal: Refusal) => void}} on `known` hears the task by the
   *   service's clock, `refused` that the worker no longer holds it
   */
  constructor(send, on) {
    this.#send = send;
    this.#on = on;
  }

  /** A task is now on screen. @param {string} task its id @param {boolean} known whether the service knows */
  begin(task, known) {
    clearTimeout(this.#timer);
    this.#task = task;
    this.#since = performance.now();
    this.#known = known;
    this.#asking = null;
    void this.#insist(task);
  }

  /** Continue when the service knows; throws if it does not reply. */
  async ensure() {
    if (this.#known) return;
    this.#asking ??= this.#ask(this.#task);
    const asking = this.#asking;
    try {
      await asking;
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }

  /** @param {string} task */
  async #insist(task) {
    try {
      await this.ensure();
    } catch (error) {
      console.info('the service does not know yet that the task is shown', error);
      if (task === this.#task) this.#timer = setTimeout(() => this.#insist(task), AGAIN_AFTER_SECONDS * 1000);
    }
  }

  /** @param {string} task */
  async #ask(task) {
    const response = await this.#send(task, JSON.stringify({ seconds_ago: (performance.now() - this.#since) / 1000 }));
    if (response.status >= 500 || response.status === 401 || response.status === 403) throw new Error(`status ${response.status}`);
    const reply = await response.json();
    if (task !== this.#task) throw new Error('another task is shown now');
    this.#known = true;
    if (response.ok) this.#on.known(reply.task);
    else this.#on.refused(reply.error);
  }
}
