/**
 * The page of a task that comes next, before it is shown: it fetches what the template will need and runs nothing of
 * it. No script of the template, no element and no field exists here, so that nothing unseen can take the keyboard or
 * answer. When the page around says so the template takes this document's place, with all that was fetched.
 */

/** Pictures that an element with an address of its own will show; other kinds are fetched when they are needed. */
const PICTURES = 'img[src], crowd-bounding-box[src], crowd-image-classifier[src], crowd-image-classifier-multi-select[src], '
  + 'crowd-instance-segmentation[src], crowd-keypoint[src], crowd-line[src], crowd-polygon[src], crowd-polyline[src], '
  + 'crowd-semantic-segmentation[src], crowd-textract-analyze-document[src], crowd-rekognition-detect-moderation-labels[src]';
/** Kept by the window, which outlives its document: a picture that nobody holds may be forgotten. */
const KEPT = Symbol('pictures');

const html = JSON.parse(document.getElementById('page').textContent);

/** @param {string} address */
const fetched = async (address) => {
  const picture = new Image();
  picture.src = address;
  window[KEPT].push(picture);
  await picture.decode().catch(() => {}); // a picture that cannot be shown is the template's to complain about
};

const fetchPictures = () => {
  // A document without a window: nothing in it loads or runs.
  const inert = new DOMParser().parseFromString(html, 'text/html');
  const addresses = new Set(Array.from(inert.querySelectorAll(PICTURES), (element) => element.getAttribute('src')));
  return Promise.all(Array.from(addresses).filter(Boolean).map(fetched));
};

const show = () => {
  document.open();
  document.write(html);
  document.close();
};

/** @param {string} type */
const tell = (type) => window.parent.postMessage({ type }, '*');

window[KEPT] = [];
window.addEventListener('message', ({ source, data }) => {
  if (source === window.parent && data?.type === 'shell:show') show();
});
// The template on screen can focus its neighbours; the page around then gives the keys back.
window.addEventListener('focus', () => tell('ahead:focused'));
tell('ahead:there');
await fetchPictures();
tell('ahead:ready');
