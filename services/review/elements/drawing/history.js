/** Steps of one kind that follow each other within this time are undone together. */
const MERGE_WITHIN_MILLISECONDS = 700;

/**
 * The past states, the present one, and those that were undone. States are never changed, only replaced.
 * @template State
 */
export class History {
  /** @type {State[]} */
  #past = [];
  /** @type {State[]} */
  #future = [];
  #present;
  /** @type {{kind: string, at: number}|null} */
  #last = null;

  /** @param {State} present */
  constructor(present) {
    this.#present = present;
  }

  get present() {
    return this.#present;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * Move to the next state.
   * @param {State} next
   * @param {string} kind steps of one kind in quick succession count as one; '' never
   * @param {number} at milliseconds
   */
  record(next, kind = '', at = 0) {
    const merges = kind !== '' && this.#last?.kind === kind && at - this.#last.at <= MERGE_WITHIN_MILLISECONDS;
    if (!merges) this.#past.push(this.#present);
    this.#present = next;
    this.#future = [];
    this.#last = { kind, at };
  }

  /** Replace the present state without a step: this change cannot be undone by itself. @param {State} present */
  replace(present) {
    this.#present = present;
  }

  /** Undo the last step; without one nothing happens. */
  undo() {
    this.#step(this.#past, this.#future);
  }

  /** Redo what was undone. */
  redo() {
    this.#step(this.#future, this.#past);
  }

  /**
   * @param {State[]} from
   * @param {State[]} to
   */
  #step(from, to) {
    if (from.length === 0) return;
    to.push(this.#present);
    this.#present = /** @type {State} */ (from.pop());
    this.#last = null;
  }
}
