/**
 * The words of the elements in the worker's language. The portal names it on the script that loads the elements; a page
 * opened alone takes the language of the page.
 */

/** @typedef {Record<string, string>} Sentences */

/** @returns {string} */
const language = () => {
  const script = document.querySelector('script[data-language]');
  const named = script?.getAttribute('data-language') || document.documentElement.lang || 'en';
  return named.toLowerCase().split('-')[0];
};

/**
 * Make the function that returns the sentences of one folder. `{name}` in a sentence is filled in from the values; a
 * missing sentence is taken from English.
 * @param {{en: Sentences} & Record<string, Sentences>} tables
 * @returns {(key: string, values?: Record<string, string|number>) => string}
 */
export const texts = (tables) => (key, values = {}) => {
  const sentence = tables[language()]?.[key] ?? tables.en[key];
  if (sentence === undefined) throw new Error(`there is no sentence "${key}"`);
  return sentence.replaceAll(/\{(\w+)\}/g, (hole, name) => String(values[name] ?? hole));
};
