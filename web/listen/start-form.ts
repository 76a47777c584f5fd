import { element, write } from '../kit/element.ts';
import { type AllWords, keep, kept } from '../kit/words.ts';

const NAME = 'earshot-name';
/** The API refuses longer ones. */
const MAX_TITLE = 140;
const MAX_NAME = 60;

/** What `POST /api/rooms` answers; `studio` is the host's personal link. */
interface Created {
  readonly slug: string;
  readonly url: string;
  readonly studio: string;
}

/** The form that starts a room: a room for now goes straight to its studio, one for later shows its links. */
export function startForm(words: AllWords): HTMLElement {
  const title = element('input', {
    name: 'title',
    required: true,
    maxlength: MAX_TITLE,
    autocomplete: 'off',
    placeholder: words.roomTitleExample,
  });
  const host = element('input', {
    name: 'host',
    maxlength: MAX_NAME,
    autocomplete: 'name',
    value: kept(NAME) ?? '',
  });
  const when = element('input', { name: 'start', type: 'datetime-local', 'aria-describedby': 'when-hint' });
  const go = element('button', { class: 'button' }, words.openStudio);
  const problem = element('p', { class: 'problem', role: 'alert' });
  const links = element('div', { class: 'links', role: 'status' });
  when.addEventListener('input', () => write(go, when.value === '' ? words.openStudio : words.schedule));
  const form = element(
    'form',
    { method: 'post', action: '/api/rooms', novalidate: true },
    element('label', {}, `${words.roomTitle} `, title),
    element('label', {}, `${words.yourName} `, host),
    element('label', {}, `${words.when} `, element('span', {}, words.optional), when),
    element('p', { class: 'hint small', id: 'when-hint' }, words.whenHint),
    go,
    problem,
    links,
  );
  const submit = async (): Promise<void> => {
    write(problem, '');
    if (title.value.trim() === '') {
      write(problem, words.titleMissing);
      title.setAttribute('aria-invalid', 'true');
      title.focus();
      return;
    }
    title.removeAttribute('aria-invalid');
    go.disabled = true;
    write(go, words.starting);
    try {
      const response = await fetch('/api/rooms', {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({
          title: title.value.trim(),
          ...(host.value.trim() === '' ? {} : { host: host.value.trim() }),
          ...(when.value === '' ? {} : { start: new Date(when.value).toISOString() }),
        }),
      });
      const answer = (await response.json()) as Created & {
        readonly title?: string;
        readonly detail?: string;
      };
      if (!response.ok) write(problem, answer.detail ?? answer.title ?? words.siteAway);
      else {
        keep(NAME, host.value.trim());
        if (when.value === '') location.href = answer.studio;
        else links.replaceChildren(...shown(answer, words));
      }
    } catch {
      write(problem, words.siteAway);
    }
    go.disabled = false;
    write(go, when.value === '' ? words.openStudio : words.schedule);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void submit();
  });
  return element('section', { id: 'start', class: 'start card' }, element('h2', {}, words.startRoom), form);
}

function shown(created: Created, words: AllWords): Node[] {
  const row = (label: string, link: string): HTMLElement => {
    const copy = element('button', { type: 'button', class: 'button quiet' }, words.copy);
    copy.addEventListener('click', () => {
      navigator.clipboard?.writeText(link).then(
        () => write(copy, words.copied),
        () => {},
      );
    });
    return element(
      'div',
      { class: 'link' },
      element('p', {}, `${label} `, element('a', { href: link }, link)),
      copy,
    );
  };
  return [
    element('p', {}, words.scheduled),
    row(words.roomLink, created.url),
    row(words.hostLink, created.studio),
  ];
}
