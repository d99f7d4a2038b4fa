/**
 * The page of the next task, before it is shown: it fetches what the template will need and runs none of it. No script
 * of the template, no element and no field exists here, so that nothing unseen can take the keyboard or answer. When
 * the page around says so, the template takes this document's place, with all that was fetched.
 */

/** Kept by the window, which outlives its document: the browser may drop a picture without a reference. */
const KEPT = Symbol('pictures');
/** @type {HTMLImageElement[]} */
const pictures = [];

const html = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('page')).textContent);

/** @param {string} address */
const fetched = async (address) => {
  const picture = new Image();
  picture.src = address;
  pictures.push(picture);
  await picture.decode().catch(() => {}); // the template reports a picture that cannot be shown
};

/** Only pictures; other resources are fetched when they are needed. */
const fetchPictures = () => {
  // A document without a window: nothing in it loads or runs.
  const inert = new DOMParser().parseFromString(html, 'text/html');
  const showing = Array.from(inert.querySelectorAll('[src]')).filter(({ localName }) => /^(img$|crowd-)/u.test(localName));
  const addresses = new Set(showing.map((element) => element.getAttribute('src') ?? ''));
  return Promise.all(Array.from(addresses).filter(Boolean).map(fetched));
};

const show = () => {
  document.open();
  document.write(html);
  document.close();
};

/** @param {string} type */
const tell = (type) => window.parent.postMessage({ type }, '*');

Reflect.set(window, KEPT, pictures);
window.addEventListener('message', ({ source, data }) => {
  if (source === window.parent && data?.type === 'shell:show') show();
});
// The template on screen can focus its neighbours; the page around then returns the focus.
window.addEventListener('focus', () => tell('ahead:focused'));
tell('ahead:there');
await fetchPictures();
tell('ahead:ready');
