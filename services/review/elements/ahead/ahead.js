/**
 * The page of a task that comes next, before it is shown: it fetches what the template will need and runs nothing of
 * it. No script of the template, no element and no field exists here, so that nothing unseen can take the keyboard or
 * answer. When the page around says so the template takes this document's place, with all that was fetched.
 */

/** Kept by the window, which outlives its document: a picture that nobody holds may be forgotten. */
const KEPT = Symbol('pictures');
/** @type {HTMLImageElement[]} */
const pictures = [];

const html = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('page')).textContent);

/** @param {string} address */
const fetched = async (address) => {
  const picture = new Image();
  picture.src = address;
  pictures.push(picture);
  await picture.decode().catch(() => {}); // a picture that cannot be shown is the template's to complain about
};

/** Only pictures: what else has an address is fetched when it is needed. */
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
// The template on screen can focus its neighbours; the page around then gives the keys back.
window.addEventListener('focus', () => tell('ahead:focused'));
tell('ahead:there');
await fetchPictures();
tell('ahead:ready');
