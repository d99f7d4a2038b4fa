/** The text of an attribute is not relaxed JSON; the message says where and what was expected. */
export class RelaxedJsonError extends SyntaxError {
  /**
   * @param {string} expected
   * @param {string} text
   * @param {number} position
   */
  constructor(expected, text, position) {
    const near = position < text.length ? `found "${text.slice(position, position + 12)}"` : 'the text ends';
    super(`expected ${expected} at character ${position + 1}, but ${near}`);
    this.name = 'RelaxedJsonError';
    this.position = position;
  }
}

/** @type {Record<string, string>} */
const ESCAPES = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', 0: '\0' };
const BLANK = /(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*/uy;
const NUMBER = /[+-]?(?:0[xX][0-9a-fA-F]+|Infinity|NaN|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/uy;
const BARE_KEY = /[\p{L}\p{Nl}$_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}$\u200c\u200d]*/uy;
const NAMED = /** @type {const} */ ({ true: true, false: false, null: null, undefined: null });

class Reader {
  #text;
  #at = 0;

  /** @param {string} text */
  constructor(text) {
    this.#text = text;
  }

  document() {
    const value = this.#value();
    this.#blank();
    if (this.#at < this.#text.length) throw this.#error('the end');
    return value;
  }

  /** @returns {unknown} */
  #value() {
    this.#blank();
    const next = this.#text[this.#at];
    if (next === '{') return this.#object();
    if (next === '[') return this.#array();
    if (next === '"' || next === "'") return this.#string(next);
    const number = this.#match(NUMBER);
    if (number !== undefined) return toNumber(number);
    return this.#named();
  }

  #named() {
    const start = this.#at;
    const word = this.#match(BARE_KEY);
    if (word !== undefined && Object.hasOwn(NAMED, word)) return NAMED[/** @type {keyof typeof NAMED} */ (word)];
    this.#at = start;
    throw this.#error('a value');
  }

  #array() {
    /** @type {unknown[]} */
    const items = [];
    this.#at += 1;
    while (!this.#takes(']')) {
      items.push(this.#value());
      if (!this.#takes(',')) {
        this.#expect(']', '"," or "]"');
        break;
      }
    }
    return items;
  }

  #object() {
    /** @type {[string, unknown][]} */
    const entries = [];
    this.#at += 1;
    while (!this.#takes('}')) {
      const key = this.#key();
      this.#expect(':', '":"');
      entries.push([key, this.#value()]);
      if (!this.#takes(',')) {
        this.#expect('}', '"," or "}"');
        break;
      }
    }
    return Object.fromEntries(entries);
  }

  #key() {
    this.#blank();
    const next = this.#text[this.#at];
    if (next === '"' || next === "'") return this.#string(next);
    const bare = this.#match(BARE_KEY) ?? this.#match(NUMBER);
    if (bare === undefined) throw this.#error('a key');
    return bare;
  }

  /** @param {string} quote */
  #string(quote) {
    let value = '';
    for (this.#at += 1; this.#text[this.#at] !== quote; ) {
      if (this.#at >= this.#text.length) throw this.#error(`a closing ${quote}`);
      value += this.#text[this.#at] === '\\' ? this.#escape() : this.#text[this.#at++];
    }
    this.#at += 1;
    return value;
  }

  #escape() {
    const letter = this.#text[this.#at + 1] ?? '';
    this.#at += 2;
    if (letter === 'u') return this.#codeUnit(4);
    if (letter === 'x') return this.#codeUnit(2);
    if (letter === '\r' && this.#text[this.#at] === '\n') this.#at += 1;
    if (/[\n\r\u2028\u2029]/u.test(letter)) return '';
    return ESCAPES[letter] ?? letter;
  }

  /** @param {number} digits */
  #codeUnit(digits) {
    const code = this.#text.slice(this.#at, this.#at + digits);
    if (code.length < digits || /[^0-9a-fA-F]/u.test(code)) throw this.#error(`${digits} hexadecimal digits`);
    this.#at += digits;
    return String.fromCharCode(Number.parseInt(code, 16));
  }

  #blank() {
    this.#match(BLANK);
  }

  /** @param {RegExp} pattern */
  #match(pattern) {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** @param {string} sign */
  #takes(sign) {
    this.#blank();
    const taken = this.#text[this.#at] === sign;
    if (taken) this.#at += 1;
    return taken;
  }

  /**
   * @param {string} sign
   * @param {string} expected
   */
  #expect(sign, expected) {
    if (!this.#takes(sign)) throw this.#error(expected);
  }

  /** @param {string} expected */
  #error(expected) {
    return new RelaxedJsonError(expected, this.#text, this.#at);
  }
}

/** @param {string} text */
const toNumber = (text) => {
  const sign = text.startsWith('-') ? -1 : 1;
  return sign * Number(text.replace(/^[+-]/u, ''));
};

/**
 * Read relaxed JSON (JSON5's grammar): either quote, bare keys, trailing commas, comments, hexadecimal.
 * Strict JSON reads as always.
 * @param {string} text
 * @returns {unknown}
 * @throws {RelaxedJsonError}
 */
export const parseRelaxed = (text) => new Reader(text).document();
