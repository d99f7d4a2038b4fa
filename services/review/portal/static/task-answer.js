/** What a template sends is not trusted: it may be anything that can be sent. */

/** A little less than the server reads, so that this page reports it, in words. */
const LARGEST = 4 * 2 ** 20 - 1024;

/**
 * Half a character, which a script can produce, is not a text: the service refuses it, and the rest of the work is
 * kept.
 * @param {string} _name
 * @param {unknown} value
 */
export const wellFormed = (_name, value) => (typeof value === 'string' ? value.toWellFormed?.() ?? value : value);

/**
 * Write a submission or a draft as JSON.
 * @param {{answer?: unknown, seconds?: unknown}} message
 * @returns {{body: string}|{problem: 'strange'|'too_large'}}
 */
export const written = ({ answer, seconds }) => {
  const plain = Object.prototype.toString.call(answer) === '[object Object]';
  if (!plain || typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return { problem: 'strange' };
  try {
    const body = JSON.stringify({ answer, seconds }, wellFormed);
    return new Blob([body]).size > LARGEST ? { problem: 'too_large' } : { body };
  } catch (error) {
    // Infinite numbers, and objects that contain themselves.
    if (error instanceof TypeError || error instanceof RangeError) return { problem: 'strange' };
    throw error;
  }
};
