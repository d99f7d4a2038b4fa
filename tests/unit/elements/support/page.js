/** The one thing that sentences ask of a page: its language. */
export const speak = (language) => {
  globalThis.document = /** @type {any} */ ({ querySelector: () => null, documentElement: { lang: language } });
};
