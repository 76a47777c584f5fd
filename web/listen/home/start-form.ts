import { element, write } from '../../kit/element.ts';
import { rememberRoom } from '../../kit/my-rooms.ts';
import { type AllWords, keep, kept } from '../../kit/words.ts';
import { fullTime } from '../say.ts';
import { copyLink } from '../share-buttons.ts';

const NAME = 'earshot-name';
const OPERATOR = 'earshot-operator';
/** The API refuses longer ones, and later starts. */
const MAX_TITLE = 140;
const MAX_NAME = 60;
const FURTHEST_MS = 366 * 86_400_000;

/** What `POST /api/rooms` answers; `studio` is the host's personal link. */
interface Created {
  readonly slug: string;
  readonly url: string;
  readonly studio: string;
}

/** What `GET /api/start` answers. */
interface MayStart {
  readonly may: boolean;
  readonly who: 'anyone' | 'local' | 'operator';
}

/** The operator's key in a link, or in what was pasted: all of it, or what follows `#operator=`. */
export const keyIn = (text: string): string => text.trim().replace(/^.*#operator=/s, '');

/** Keeps the key that the operator's link brings, and takes it out of the address. */
function takeKey(): void {
  if (!location.hash.startsWith('#operator=')) return;
  keepKey(keyIn(location.hash));
  history.replaceState(null, '', location.pathname + location.search);
}
/** Where storage is forbidden, the page itself holds it. */
let held = '';
/** For this tab alone: whoever uses the browser next finds nothing. */
export function keepKey(key: string): void {
  held = key;
  try {
    sessionStorage.setItem(OPERATOR, key);
  } catch {
    // The link is opened again next time.
  }
}
function storedKey(): string {
  try {
    return sessionStorage.getItem(OPERATOR) ?? '';
  } catch {
    return '';
  }
}
/** The operator's key as a header; none without a key. */
export function authorization(): Record<string, string> {
  const key = held || storedKey();
  return key ? { authorization: `Bearer ${key}` } : {};
}

/** A field with its message below it, read with it. */
function field(id: string, label: string, input: HTMLInputElement, ...more: Node[]) {
  const problem = element('p', { class: 'problem', id: `${id}-problem`, role: 'alert' });
  input.setAttribute('aria-describedby', [...more.map((node) => (node as Element).id), problem.id].join(' '));
  const node = element('div', { class: 'field' }, element('label', {}, `${label} `, input), ...more, problem);
  return {
    node,
    say(text: string): boolean {
      write(problem, text);
      if (text === '') input.removeAttribute('aria-invalid');
      else {
        input.setAttribute('aria-invalid', 'true');
        input.focus();
      }
      return text !== '';
    },
  };
}

/** What is wrong with a start, in words; the same bounds as the API's. */
export function startProblem(start: number, now: number, words: AllWords): string {
  if (Number.isNaN(start)) return words.whenUnclear;
  if (start <= now) return words.whenPast;
  return start - now > FURTHEST_MS ? words.whenFar : '';
}

/** The form that starts a room: a room for now goes straight to its studio, one for later shows its card. `added` when there is one more. */
export function startForm(words: AllWords, added: () => void): HTMLElement {
  takeKey();
  const title = element('input', {
    name: 'title',
    required: true,
    dir: 'auto',
    maxlength: MAX_TITLE,
    autocomplete: 'off',
    placeholder: words.roomTitleExample,
  });
  const host = element('input', {
    name: 'host',
    dir: 'auto',
    maxlength: MAX_NAME,
    autocomplete: 'name',
    value: kept(NAME) ?? '',
  });
  const when = element('input', { name: 'start', type: 'datetime-local' });
  const hint = element('p', { class: 'hint small', id: 'when-hint' }, words.whenHint);
  const titleField = field('title', words.roomTitle, title);
  const hostField = field('host', words.yourName, host);
  const whenField = field('when', `${words.when} ${words.optional}`, when, hint);
  const go = element('button', { class: 'button' }, words.openStudio);
  const problem = element('p', { class: 'problem', role: 'alert' });
  const made = element('div', { class: 'links', role: 'status' });
  const label = (): string => (when.value === '' ? words.openStudio : words.schedule);
  when.addEventListener('input', () => {
    const start = when.value === '' ? Number.NaN : Date.parse(when.value);
    write(hint, Number.isNaN(start) ? words.whenHint : `${fullTime(start, words)}.`);
    whenField.say('');
    write(go, label());
  });
  title.addEventListener('input', () => titleField.say(''));
  const form = element(
    'form',
    { method: 'post', action: '/api/rooms', novalidate: true },
    titleField.node,
    hostField.node,
    whenField.node,
    go,
    problem,
    made,
  );
  const way = element('p', {});
  const pasted = element('input', { name: 'operator', autocomplete: 'off', type: 'password' });
  const pastedField = field('operator', words.operatorLink, pasted);
  const enter = element(
    'form',
    { class: 'enter', novalidate: true },
    way,
    pastedField.node,
    element('button', { class: 'button' }, words.operatorEnter),
  );
  enter.hidden = true;
  const look = async (): Promise<MayStart | undefined> => {
    try {
      const response = await fetch('/api/start', { headers: authorization(), cache: 'no-store' });
      return response.ok ? ((await response.json()) as MayStart) : undefined;
    } catch {
      return undefined;
    }
  };
  const show = (start: MayStart | undefined): void => {
    // Without an answer the form stays: the API says the rest.
    enter.hidden = start?.may !== false;
    form.hidden = !enter.hidden;
    write(way, start?.who === 'local' ? words.startLocal : words.startOperator);
  };
  enter.addEventListener('submit', async (event) => {
    event.preventDefault();
    keepKey(keyIn(pasted.value));
    const start = await look();
    show(start);
    if (start?.may === false) {
      keepKey('');
      pastedField.say(words.operatorWrong);
    }
  });
  const submit = async (): Promise<void> => {
    write(problem, '');
    const start = when.value === '' && !when.validity.badInput ? undefined : Date.parse(when.value);
    if (titleField.say(title.value.trim() === '' ? words.titleMissing : '')) return;
    if (whenField.say(start === undefined ? '' : startProblem(start, Date.now(), words))) return;
    go.disabled = true;
    write(go, words.starting);
    try {
      const response = await fetch('/api/rooms', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json', ...authorization() },
        body: JSON.stringify({
          title: title.value.trim(),
          ...(host.value.trim() === '' ? {} : { host: host.value.trim() }),
          ...(start === undefined ? {} : { start: new Date(start).toISOString() }),
        }),
      });
      const answer = (await response.json()) as Created & {
        readonly title?: string;
        readonly detail?: string;
        readonly code?: string;
      };
      if (response.ok) {
        keep(NAME, host.value.trim());
        rememberRoom({
          slug: answer.slug,
          title: title.value.trim(),
          ...(start === undefined ? {} : { start }),
          link: new URL(answer.studio, location.href).href,
          role: 'host',
        });
        if (start === undefined) location.href = answer.studio;
        else {
          made.replaceChildren(scheduled(answer, title.value.trim(), start, words));
          title.value = when.value = '';
          write(hint, words.whenHint);
        }
        added();
      } else if (answer.code === 'token-missing' || answer.code === 'operator-only') show(await look());
      else if (answer.code === 'too-many-rooms') write(problem, words.tooManyRooms);
      else if (/^start\b/.test(answer.detail ?? '')) whenField.say(words.whenPast);
      else if (/^title\b/.test(answer.detail ?? '')) titleField.say(words.titleWrong);
      else if (/^host\b/.test(answer.detail ?? '')) hostField.say(words.nameWrong);
      else
        write(
          problem,
          response.status >= 500 ? words.siteAway : (answer.detail ?? answer.title ?? words.siteAway),
        );
    } catch {
      write(problem, words.siteAway);
    }
    go.disabled = false;
    write(go, label());
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  void look().then(show);
  return element(
    'section',
    { id: 'start', class: 'start card' },
    element('h2', {}, words.startRoom),
    form,
    enter,
  );
}

/** A room for later: what, when, and what can be done with it. */
function scheduled(created: Created, title: string, start: number, words: AllWords): HTMLElement {
  const copies = (label: string, link: string): HTMLElement => {
    const button = element('button', { type: 'button', class: 'button quiet' }, label);
    button.addEventListener('click', () => copyLink(button, new URL(link, location.href).href, words));
    return button;
  };
  return element(
    'div',
    { class: 'scheduled card' },
    element('h3', { dir: 'auto' }, title),
    element('p', {}, element('time', { datetime: new Date(start).toISOString() }, fullTime(start, words))),
    element('p', { class: 'small ash' }, words.scheduled),
    element(
      'div',
      { class: 'actions' },
      element('a', { class: 'button', href: created.studio }, words.openStudio),
      copies(words.copyHostLink, created.studio),
      copies(words.copyRoomLink, created.url),
      element(
        'a',
        { class: 'button quiet', href: `/r/${created.slug}/event.ics`, download: `${created.slug}.ics` },
        words.remind,
      ),
    ),
  );
}
