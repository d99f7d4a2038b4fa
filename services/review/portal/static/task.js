/**
 * The shell of a task. It receives the messages of the template in its sandboxed frame, keeps the work, sends the
 * answer, and shows the next task without a new page.
 */
import { TaskClock } from './task-clock.js';
import { aimDialogs, connectDialogs } from './task-dialogs.js';
import { Drafts } from './task-drafts.js';
import { Frames } from './task-frames.js';
import { Notices, byId } from './task-notices.js';
import { Showing } from './task-showing.js';
import { wellFormed, written } from './task-answer.js';
import { send } from './task-server.js';

/** The page itself loads first. */
const PREPARE_AFTER_SECONDS = 1;
const PREPARE_AGAIN_SECONDS = 30;

/**
 * @typedef {{id: string, loop: string, job: string, title: string, description: string, now: number, deadline: number,
 *   shown: boolean, draft: Record<string, any>|null, seconds: number}} Task
 */

const place = byId('frames');
/** @type {Record<string, string>} */
const words = JSON.parse(place.dataset.words ?? '{}');
/** @type {Task} */
let task = JSON.parse(place.dataset.state ?? '{}');
let dirty = false;
let sending = false;
/** Whether the frame was told to begin: a template that says "ready" twice is not restored twice. */
let begun = false;
/** Whether the task replaced another one: a second press on Submit may still be on its way. */
let follows = false;
let preparing = 0;

const notices = new Notices();
const clock = new TaskClock(byId('time-left'), {
  warn: (seconds) => notices.message(seconds > 30 ? words.left_2_minutes : words.left_30_seconds),
  over: () => end(),
});
const showing = new Showing((id, body) => send(id, 'shown', body), {
  known: ({ now, deadline }) => clock.start({ now, deadline }),
  refused: (refusal) => gone(refusal),
});
const drafts = new Drafts(
  async (draft) => {
    const { id } = task;
    try {
      await showing.ensure();
      const response = await send(id, 'draft', JSON.stringify(draft, wellFormed));
      if (response.ok) {
        notices.reached();
        return 'kept';
      }
      return response.status < 500 && response.status !== 401 && response.status !== 403 ? 'refused' : 'lost';
    } catch {
      return 'lost'; // no network, or no reply in time
    }
  },
  (state) => {
    byId('draft-state').textContent = state ? words[state] : '';
    byId('draft-state').classList.toggle('bad', state === 'unsaved');
  },
);
const frames = new Frames(place, {
  title: words.frame_title,
  message: (message) => hear(message),
  loaded: () => started(),
});

/** The template has loaded, with our elements or without: it gets the focus, unless that is in use elsewhere. */
const started = () => {
  if (document.activeElement === document.body || document.activeElement instanceof HTMLIFrameElement) frames.focus();
  clearTimeout(preparing);
  preparing = setTimeout(prepare, PREPARE_AFTER_SECONDS * 1000);
};

const prepare = async () => {
  const { id } = task;
  let next = null;
  try {
    const response = await send(id, 'next', '{}');
    if (response.ok) ({ next } = await response.json());
  } catch (error) {
    console.info('the next task could not be prepared', error);
  }
  if (id !== task.id || sending || clock.isOver) return;
  frames.prepare(next);
  if (!next) preparing = setTimeout(prepare, PREPARE_AGAIN_SECONDS * 1000);
};

const begin = () => {
  started();
  if (begun) return;
  begun = true;
  frames.tell({ type: 'shell:begin', seconds: task.seconds, follows });
  if (task.draft) frames.tell({ type: 'shell:restore', answer: task.draft });
};

/** @param {unknown} left names of controls that could not be restored */
const restored = (left) => {
  if (!task.draft) return;
  dirty = true;
  const names = Array.isArray(left) ? left.filter((name) => typeof name === 'string').slice(0, 5) : [];
  const text = names.length ? words.partly_restored.replace('{names}', names.join(', ')) : words.restored;
  notices.message(text, { afresh: true });
};

const startAfresh = () => {
  dirty = false;
  begun = false;
  task.draft = null;
  task.seconds = 0;
  drafts.forget();
  drafts.keep({ answer: null, seconds: 0 });
  notices.clear();
  frames.open(`/portal/tasks/${task.id}/frame`);
};

/** @param {string} message @param {{wayOut?: boolean, passes?: boolean}} [options] */
const refuse = (message, options) => {
  sending = false;
  notices.problem(message, options);
  frames.tell({ type: 'shell:error', message });
};

/** @param {Task} next */
const goOn = (next) => {
  task = next;
  dirty = false;
  sending = false;
  begun = false;
  follows = true;
  drafts.forget();
  notices.clear();
  history.replaceState(null, '', `/portal/tasks/${task.id}`);
  document.title = document.title.replace(byId('title').textContent ?? '', task.title);
  byId('title').textContent = task.title;
  byId('description').textContent = task.description;
  aimDialogs(task.id);
  clock.start(task);
  notices.say(words.next_shown);
  if (!frames.advance(task.loop)) frames.open(`/portal/tasks/${task.id}/frame`);
  showing.begin(task.id, task.shown);
};

/** @param {string} address */
const leaveFor = (address) => {
  dirty = false;
  location.assign(address);
};

/** @param {string} body */
const submit = async (body) => {
  sending = true;
  notices.message(words.submitting, { stays: true });
  frames.tell({ type: 'shell:submitting' });
  try {
    await showing.ensure();
    if (clock.isOver) return;
    const response = await send(task.id, 'submit', body);
    const reply = await response.json();
    if (reply.error?.code === 'ClaimExpired') {
      clock.finish();
      end(reply.error.message);
    } else if (!response.ok) {
      refuse(reply.error.message, { wayOut: response.status < 500 });
    } else if (reply.task) {
      goOn(reply.task);
    } else {
      leaveFor(reply.next);
    }
  } catch (error) {
    console.warn('the answer was not received', error);
    refuse(words.unreachable, { passes: true });
  }
};

/** The service gave the task to another worker before it heard that it is shown. @param {{code: string, message: string}} refusal */
const gone = async ({ code, message }) => {
  if (code !== 'ClaimExpired') {
    refuse(message, { wayOut: true });
    return;
  }
  clock.finish();
  await drafts.last();
  end(message);
};

/** The time has ended: the task went back, with the work done so far. @param {string} [reason] */
const end = (reason = words.expired) => {
  dirty = false;
  sending = false;
  byId('over-text').textContent = reason;
  drafts.forget();
  notices.clear();
  frames.shut();
  for (const opener of document.querySelectorAll('[data-opens]')) opener.setAttribute('disabled', '');
  for (const dialog of document.querySelectorAll('dialog')) dialog.close();
  byId('over').hidden = false;
  byId('over').querySelector('button')?.focus();
};

/** @param {boolean} isDirty */
const changed = (isDirty) => {
  dirty = isDirty;
  if (isDirty && !clock.isOver && !sending) drafts.changed();
};

/** @param {Record<string, unknown>} message any message a template may post */
const hear = (message) => {
  if (message.type === 'crowd:ready') begin();
  if (message.type === 'crowd:dirty') changed(message.dirty === true);
  if (message.type === 'crowd:drawing') drafts.drawing(message.drawing === true);
  if (message.type === 'crowd:restored') restored(message.left);
  if (message.type === 'crowd:too_early') notices.message(words.too_early);
  if (message.type !== 'crowd:draft' && message.type !== 'crowd:submit') return;
  if (clock.isOver || sending) return;
  const outcome = written(message);
  if (message.type === 'crowd:draft') {
    if ('body' in outcome) drafts.keep(JSON.parse(outcome.body));
    else drafts.refuse();
  } else if ('problem' in outcome) {
    refuse(words[outcome.problem]);
  } else {
    void submit(outcome.body);
  }
};

window.addEventListener('beforeunload', (event) => {
  if (dirty) event.preventDefault();
});
document.querySelector('.skip')?.addEventListener('click', (event) => {
  event.preventDefault();
  frames.focus();
});
for (const form of document.querySelectorAll('.languages, #over form')) form.addEventListener('submit', () => { dirty = false; });
byId('afresh').addEventListener('click', startAfresh);
connectDialogs(() => { dirty = false; });
clock.start(task);
showing.begin(task.id, task.shown);
// Not earlier, or the messages of a quick template would be lost.
frames.open(`/portal/tasks/${task.id}/frame`);
