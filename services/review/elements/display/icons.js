/**
 * Our own drawings for names of the iron-icons set: strokes on a grid of 24, whose colour is that of the text.
 * @type {Record<string, string>}
 */
const PATHS = {
  'account-circle': 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7a3 3 0 1 1 0 6 3 3 0 0 1 0-6ZM6.5 18.5c1.4-2.4 3.2-3 5.5-3s4.1.6 5.5 3',
  add: 'M12 5v14M5 12h14',
  'arrow-back': 'M19 12H5M11 6l-6 6 6 6',
  'arrow-forward': 'M5 12h14M13 6l6 6-6 6',
  bookmark: 'M7 4h10v16l-5-4-5 4Z',
  cancel: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9 9l6 6M15 9l-6 6',
  check: 'M5 12.5 10 17.5 19 7',
  'check-circle': 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8 12.5l3 3 5-6',
  'chevron-left': 'M15 5l-7 7 7 7',
  'chevron-right': 'M9 5l7 7-7 7',
  close: 'M6 6l12 12M18 6 6 18',
  create: 'M5 19l1-4L16.5 4.5l3 3L9 18ZM14 7l3 3',
  delete: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5',
  error: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 7v6M12 16v.5',
  'expand-less': 'M5 15l7-7 7 7',
  'expand-more': 'M5 9l7 7 7-7',
  favorite: 'M12 20C6 15.5 3.5 12.5 3.5 9a4.3 4.3 0 0 1 8.5-1 4.3 4.3 0 0 1 8.5 1c0 3.5-2.5 6.5-8.5 11Z',
  'file-download': 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  'file-upload': 'M12 16V5M7 9.5l5-5 5 5M5 20h14',
  flag: 'M6 21V4h11l-2 4 2 4H6',
  help: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9.5 9.5a2.5 2.5 0 1 1 3.5 2.3c-.7.3-1 .8-1 1.7M12 16.5v.5',
  home: 'M4 11l8-7 8 7M6 10v10h12V10M10 20v-5h4v5',
  image: 'M4 5h16v14H4ZM4 16l4.5-4.5 4 4 2.5-2.5 5 5M15 8.5v.5',
  info: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM12 11v6M12 7.5v.5',
  link: 'M10 14l4-4M8 11l-2 2a3.5 3.5 0 0 0 5 5l2-2M11 8l2-2a3.5 3.5 0 0 1 5 5l-2 2',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6v.1M4.5 12v.1M4.5 18v.1',
  lock: 'M6 11h12v9H6ZM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  menu: 'M4 6h16M4 12h16M4 18h16',
  'more-vert': 'M12 5v.5M12 11.8v.5M12 18.5v.5',
  'open-in-new': 'M13 4h7v7M20 4l-9 9M17 14v6H4V7h6',
  pause: 'M8 5v14M16 5v14',
  'play-arrow': 'M7 4.5v15l12-7.5Z',
  print: 'M7 8V4h10v4M7 17H4V8h16v9h-3M7 14h10v6H7Z',
  'question-answer': 'M4 4h12v9H8l-4 3ZM19 8h1v12l-4-3H9',
  redo: 'M19 9H9a5 5 0 0 0 0 10h5M15 5l4 4-4 4',
  refresh: 'M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5',
  remove: 'M5 12h14',
  'report-problem': 'M12 4l9 16H3ZM12 10v5M12 17.5v.1',
  save: 'M5 4h11l3 3v13H5ZM8 4v5h7V4M8 20v-6h8v6',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 20 20',
  send: 'M4 5l17 7-17 7 3-7ZM7 12h14',
  settings: 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.1 2.1M16.3 16.3l2.1 2.1M5.6 18.4l2.1-2.1M16.3 7.7l2.1-2.1',
  star: 'M12 3.5l2.6 5.6 6 .7-4.5 4.1 1.2 6-5.3-3-5.3 3 1.2-6L3.4 9.8l6-.7Z',
  stop: 'M6 6h12v12H6Z',
  'thumb-down': 'M7 13V4h9.5L20 11.5V13h-6l1 5.5L13.5 20 7 13H4V4h3',
  'thumb-up': 'M7 11v9h9.5L20 12.5V11h-6l1-5.5L13.5 4 7 11H4v9h3',
  undo: 'M5 9h10a5 5 0 0 1 0 10h-5M9 5 5 9l4 4',
  visibility: 'M2.5 12c2.5-4.5 5.5-6.5 9.5-6.5s7 2 9.5 6.5c-2.5 4.5-5.5 6.5-9.5 6.5s-7-2-9.5-6.5ZM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z',
  'zoom-in': 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 20 20M7.5 10.5h6M10.5 7.5v6',
  'zoom-out': 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 20 20M7.5 10.5h6',
};
/** Other names of the same drawings. @type {Record<string, string>} */
const SAME = {
  clear: 'close', done: 'check', edit: 'create', 'mode-edit': 'create', 'help-outline': 'help', 'info-outline': 'info', warning: 'report-problem',
  'error-outline': 'error', 'highlight-off': 'cancel', 'star-border': 'star', grade: 'star', 'favorite-border': 'favorite', 'delete-forever': 'delete',
  'insert-photo': 'image', 'bookmark-border': 'bookmark', 'arrow-drop-down': 'expand-more', 'arrow-drop-up': 'expand-less', autorenew: 'refresh',
  'feedback': 'report-problem', 'view-list': 'list', 'cloud-upload': 'file-upload', 'cloud-download': 'file-download', download: 'file-download',
  launch: 'open-in-new', person: 'account-circle', 'check-box': 'check', 'remove-red-eye': 'visibility', face: 'account-circle', block: 'cancel',
};
/** For an unknown name: something is better than nothing. */
const NEUTRAL = 'M12 4l8 8-8 8-8-8Z';
const SVG = 'http://www.w3.org/2000/svg';

/**
 * A drawing for the name of an icon, with or without the name of its set (`icons:search`); an address is an image.
 * @param {string} name
 * @returns {Element}
 */
export const icon = (name) => {
  if (/^(?:https?:|data:|\/|\.)/u.test(name)) return picture(name);
  const known = name.slice(name.lastIndexOf(':') + 1).trim();
  const svg = document.createElementNS(SVG, 'svg');
  const path = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', PATHS[SAME[known] ?? known] ?? NEUTRAL);
  for (const [key, value] of [['fill', 'none'], ['stroke', 'currentColor'], ['stroke-width', '2']]) path.setAttribute(key, value);
  path.setAttribute('stroke-linecap', 'round');
  path.setAttribute('stroke-linejoin', 'round');
  svg.append(path);
  return svg;
};

/** @param {string} address */
const picture = (address) => {
  const image = document.createElement('img');
  image.className = 'icon';
  image.alt = '';
  image.src = address;
  return image;
};
