/**
 * Build a stylesheet that shadow roots share.
 * @param {TemplateStringsArray} strings
 * @param {...(string|number)} values
 * @returns {CSSStyleSheet}
 */
export const css = (strings, ...values) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(String.raw({ raw: strings }, ...values));
  return sheet;
};
