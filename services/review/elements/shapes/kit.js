import { createAnswer, createReader } from './answer.js';
import { hand } from './hand.js';
import { createGestures, createShortcuts } from './keyboard.js';
import { PathLayer } from './layer.js';
import { PathBench } from './path-bench.js';
import { createTools } from './tools.js';

/**
 * All that makes a drawing tool one of paths of this kind.
 * @param {import('./path.js').Kind} kind
 * @param {import('../drawing/bench.js').Texts} t
 * @returns {import('../drawing/drawing-tool.js').Kit}
 */
export const createKit = (kind, t) => ({
  t,
  createBench: (listener) => new PathBench(listener, t, kind),
  createLayer: (root) => new PathLayer(root, kind),
  createAnswer: () => createAnswer(kind),
  read: createReader(kind, t),
  hand,
  shortcuts: createShortcuts(kind),
  gestures: createGestures(kind),
  tools: createTools(kind),
});
