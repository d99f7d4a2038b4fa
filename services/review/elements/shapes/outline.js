/**
 * How a path is written for the browser to draw.
 * @typedef {import('./path.js').Path} Path
 */

/**
 * The line through all vertices; of one vertex a dot.
 * @param {Path} path
 * @param {boolean} closed
 */
export const outline = (path, closed) => {
  if (path.length === 0) return '';
  if (path.length === 1) return dots(path);
  return `M${path.map(({ x, y }) => `${x} ${y}`).join('L')}${closed && path.length > 2 ? 'Z' : ''}`;
};

/** A dot at each vertex, as large as the stroke is wide. @param {Path} path */
export const dots = (path) => path.map(({ x, y }) => `M${x} ${y}h0`).join('');
