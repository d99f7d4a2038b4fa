/**
 * The shape whose label tag is under the pointer, by the `data-id` of the tag or of what it stands in.
 * @param {Event} event
 * @returns {number|undefined}
 */
export const tagUnder = (event) => {
  const tag = event.composedPath().find((target) => target instanceof HTMLElement && target.matches('.tag'));
  const id = tag instanceof HTMLElement ? tag.closest('[data-id]')?.getAttribute('data-id') : undefined;
  return id ? Number(id) : undefined;
};
