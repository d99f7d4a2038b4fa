/**
 * What a page or an earlier answer says is `unknown`: JSON of any form. Read it with these functions: a missing part,
 * or one of another form, is then nothing, not an error.
 */

/** A member of an object; undefined of anything else. @param {unknown} value @param {string} name @returns {unknown} */
export const member = (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined);

/** A list; the empty one of anything else. @param {unknown} value @returns {unknown[]} */
export const items = (value) => (Array.isArray(value) ? value : []);

/** The members of an object by name; none of anything else. @param {unknown} value @returns {[string, unknown][]} */
export const members = (value) => (typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []);
