/**
 * The operator's page: the server's tables of what every process is doing, and, for the operator, measures against a room
 * and what strangers said about rooms, to publish or to refuse with a reason.
 */
import './operate.css';
import { element, write } from '../kit/element.ts';
import { authorization, keepKey, keyIn, takeKey } from '../kit/operator-key.ts';
import { keptTheme } from '../kit/theme.ts';
import { keepTables } from './doing.ts';
import { measuresForm } from './measures.ts';
import { operateWords } from './words.ts';

/** How often the list is read while the page is shown, ms. */
const LOOK_EVERY = 15_000;

/** What waits, as the API says it. */
interface Waiting {
  readonly id: string;
  readonly room: string;
  readonly title: string;
  readonly at: number;
  readonly kind: 'claim' | 'dispute';
  readonly text: string;
  /** What a dispute is about. */
  readonly about?: string;
}

const theme = keptTheme();
if (theme) document.documentElement.dataset.theme = theme;
const words = operateWords(document.documentElement.lang === 'fr' ? 'fr' : 'en');
const time = new Intl.DateTimeFormat(words.locale, { dateStyle: 'medium', timeStyle: 'short' });

const told = element('p', { role: 'status', class: 'told' }, words.loading);
const list = element('ul', { class: 'waiting' });
const form = keyForm();
const items = new Map<string, HTMLElement>();

/** Asks for the key; its page is otherwise empty. */
function keyForm(): HTMLElement {
  const input = element('input', { type: 'password', autocomplete: 'off', id: 'key', required: true });
  const node = element(
    'form',
    { class: 'enter', hidden: true },
    element('p', {}, words.needKey),
    element('label', { for: 'key' }, words.key),
    input,
    element('button', { class: 'button' }, words.enter),
  );
  node.addEventListener('submit', (event) => {
    event.preventDefault();
    keepKey(keyIn(input.value));
    void look();
  });
  return node;
}

async function look(): Promise<void> {
  const key = authorization();
  form.hidden = key.authorization !== undefined;
  rooms.hidden = waiting.hidden = key.authorization === undefined;
  if (!key.authorization) {
    write(told, '');
    return;
  }
  const response = await fetch('/api/claims/waiting', { headers: key, cache: 'no-store' }).catch(
    () => undefined,
  );
  if (response?.status === 401 || response?.status === 403) {
    keepKey('');
    form.hidden = false;
    rooms.hidden = true;
    list.replaceChildren();
    write(told, words.wrongKey);
    return;
  }
  if (!response?.ok) {
    write(told, words.away);
    return;
  }
  show(((await response.json()) as { waiting: Waiting[] }).waiting);
}

/** Shows what waits; an entry in which somebody is writing stays as it is. */
function show(waiting: readonly Waiting[]): void {
  const now = new Set(waiting.map(({ id }) => id));
  for (const [id, node] of items)
    if (!now.has(id)) {
      node.remove();
      items.delete(id);
    }
  for (const one of waiting) {
    if (items.has(one.id)) continue;
    const node = itemOf(one);
    items.set(one.id, node);
    list.append(node);
  }
  if (items.size === 0) write(told, words.nothing);
  else if (told.textContent === words.loading || told.textContent === words.nothing) write(told, '');
}

function itemOf(one: Waiting): HTMLElement {
  const reason = element('input', {
    ...{
      id: `why-${one.id}`,
      maxlength: 200,
      dir: 'auto',
      autocomplete: 'off',
      placeholder: words.reasonHint,
    },
  });
  const problem = element('p', { class: 'problem small', role: 'alert' });
  const buttons = ['publish', 'refuse'] as const;
  const decide = async (what: 'publish' | 'refuse', event: Event): Promise<void> => {
    if (what === 'refuse' && reason.value.trim() === '') {
      write(problem, words.noReason);
      reason.focus();
      return;
    }
    const button = event.currentTarget as HTMLButtonElement;
    button.disabled = true;
    const why = await act(one, what, reason.value);
    button.disabled = false;
    if (why !== undefined) {
      write(problem, words.failed(why));
      return;
    }
    write(told, what === 'publish' ? words.published : words.refused);
    items.get(one.id)?.remove();
    items.delete(one.id);
  };
  return element(
    'li',
    { class: 'waits' },
    element(
      'p',
      { class: 'small ash' },
      `${one.kind === 'claim' ? words.statement : words.objection(one.about ?? '…')} ${words.inRoom} `,
      element('a', { href: `/r/${one.room}/claims`, dir: 'auto' }, one.title),
      ', ',
      element('time', { datetime: new Date(one.at).toISOString() }, time.format(one.at)),
    ),
    element('blockquote', { dir: 'auto' }, one.text),
    element('label', { for: `why-${one.id}`, class: 'small' }, words.reason),
    reason,
    element(
      'div',
      { class: 'acts' },
      ...buttons.map((what) =>
        element(
          'button',
          {
            ...{ type: 'button', class: what === 'publish' ? 'button' : 'button quiet' },
            onclick: (event) => void decide(what, event),
          },
          words[what],
        ),
      ),
    ),
    problem,
  );
}

/** Undefined when it was done, else why not. */
async function act(
  { room, id }: Waiting,
  what: 'publish' | 'refuse',
  reason: string,
): Promise<string | undefined> {
  const response = await fetch(`/api/rooms/${room}/claims/waiting/${id}/${what}`, {
    method: 'POST',
    headers: { ...authorization(), 'content-type': 'application/json' },
    body: what === 'refuse' ? JSON.stringify({ reason }) : '{}',
  }).catch(() => undefined);
  if (!response) return words.away;
  if (response.ok) return undefined;
  const { title, detail } = (await response.json().catch(() => ({}))) as { title?: string; detail?: string };
  return detail ?? title ?? String(response.status);
}

takeKey();
addEventListener('hashchange', () => void (takeKey() && look()));
const waiting = element(
  'section',
  {},
  element('h2', {}, words.waiting),
  element('p', { class: 'lead' }, words.lead),
  list,
);
const rooms = element('section', {}, element('h2', {}, words.roomTitle), measuresForm(words));
waiting.hidden = rooms.hidden = true;
document.querySelector('main.operate')?.append(form, rooms, waiting, told);
keepTables();
await look();
setInterval(() => void (document.hidden || look()), LOOK_EVERY);
