/** The second half of a character beyond U+FFFF. @param {number} unit */
const isLow = (unit) => unit >= 0xdc00 && unit <= 0xdfff;
/** @param {number} unit */
const isHigh = (unit) => unit >= 0xd800 && unit <= 0xdbff;

/**
 * Counts one text both ways: answers count characters (code points, as Python and most languages do), the browser counts
 * UTF-16 units. Half of a pair that stands alone is a character of its own.
 */
export class CodePoints {
  /** @type {number[]} where the second units of pairs stand, ascending */
  #seconds = [];
  #units;

  /** @param {string} text */
  constructor(text) {
    this.#units = text.length;
    for (let at = 1; at < text.length; at += 1) {
      const paired = isLow(text.charCodeAt(at)) && isHigh(text.charCodeAt(at - 1));
      if (paired) this.#seconds.push(at);
    }
  }

  /** How many characters the text has. */
  get count() {
    return this.#units - this.#seconds.length;
  }

  /**
   * Characters before a place in UTF-16 units; within a pair: before the pair.
   * @param {number} unit
   */
  ofUnit(unit) {
    return unit - this.#secondsUpTo(unit);
  }

  /**
   * The place in UTF-16 units after a number of characters.
   * @param {number} character
   */
  toUnit(character) {
    let [low, high] = [0, this.#seconds.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      // The pair number `middle` begins at character `second - 1 - middle`.
      if (this.#seconds[middle] - 1 - middle < character) low = middle + 1;
      else high = middle;
    }
    return character + low;
  }

  /** @param {number} unit */
  #secondsUpTo(unit) {
    let [low, high] = [0, this.#seconds.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#seconds[middle] <= unit) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
