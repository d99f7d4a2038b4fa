/** What a bench tells its element, written down. */
export class Heard {
  answers = 0;
  said = [];
  warning = '';
  held = '';

  listener = {
    repaint: () => {},
    answered: () => { this.answers += 1; },
    say: (sentence) => { this.said.push(sentence); },
    warn: (sentence) => { this.warning = sentence; },
    hold: (sentence) => { this.held = sentence; },
    follow: () => {},
  };
}

/** Sentences as their keys with their values. */
export const t = (key, values = {}) => [key, ...Object.entries(values).map(([name, value]) => `${name}=${value}`)].join(' ');

/** A key as the browser tells of it. */
export const key = (name, { ctrl = false, shift = false, alt = false, meta = false } = {}) =>
  ({ key: name, ctrlKey: ctrl, shiftKey: shift, altKey: alt, metaKey: meta, repeat: false });

/** What a table of shortcuts does on a key: the first that hears it has it. */
export const doesOn = (shortcuts, event, bench = {}) => shortcuts.find(({ hears }) => hears(event, bench))?.does;
