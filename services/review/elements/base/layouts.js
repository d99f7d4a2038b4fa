/**
 * How the form lays out an element in it. 'fills': as high as the page if it is alone in the form, since a photo needs
 * all the space. 'flush': it has a side bar of its own, and reaches to the borders of the page if it comes first.
 * @typedef {'fills'|'flush'} Layout
 */

/** By tag and not by class: the form is on the page before the elements in it are. @type {Map<string, Layout>} */
const layouts = new Map();

/** @param {string} tag @param {Layout|undefined} layout */
export const layOut = (tag, layout) => {
  if (layout) layouts.set(tag, layout);
};

/** The selector of all elements with this layout. @param {Layout} layout */
export const laidOut = (layout) => `:is(${Array.from(layouts.keys()).filter((tag) => layouts.get(tag) === layout).join(', ')})`;
