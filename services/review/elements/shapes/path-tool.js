import { list } from '../base/attributes.js';
import { DrawingTool } from '../drawing/drawing-tool.js';
import { readColours } from '../drawing/colours.js';
import { pathStyles } from './styles.js';

/** A tool that draws paths. */
export class PathTool extends DrawingTool {
  static styles = [...DrawingTool.styles, pathStyles];
}

/** A tool that draws paths in colours that the page may choose: `label-colors` is a list such as `['#1f77b4', '#d62728']`. */
export class ColouredPathTool extends PathTool {
  static observedAttributes = [...PathTool.observedAttributes, 'label-colors'];
  static liveProperties = [...PathTool.liveProperties, 'labelColors'];

  get labelColors() {
    return readColours(list(this, 'label-colors'));
  }

  /** @param {readonly (string|undefined)[]} next */
  set labelColors(next) {
    this.setAttribute('label-colors', JSON.stringify(next));
  }
}
