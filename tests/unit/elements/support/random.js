/** Random input of a seed: a failure names the seed, and is the same tomorrow. */

export class Random {
  #state;

  /** @param {number} seed */
  constructor(seed) {
    this.#state = seed * 0x9e3779b9;
  }

  /** From 0 up to before 1 (mulberry32). */
  real() {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. @param {number} low @param {number} high */
  int(low, high) {
    return low + Math.floor(this.real() * (high - low + 1));
  }

  /** @template T @param {readonly T[]} list @returns {T} */
  pick(list) {
    return list[this.int(0, list.length - 1)];
  }

  /** @template T @param {number} most @param {() => T} make @returns {T[]} */
  list(most, make) {
    return Array.from({ length: this.int(0, most) }, make);
  }
}

/**
 * Check a property for many seeds.
 * @param {number} seeds
 * @param {(random: Random) => void} check
 */
export const forAll = (seeds, check) => {
  for (let seed = 1; seed <= seeds; seed += 1) {
    try {
      check(new Random(seed));
    } catch (cause) {
      throw new Error(`with seed ${seed}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
};
