import { instantIn } from '../../../src/wire/zones/time-zone.ts';
import { element, write } from '../../kit/element.ts';
import { rememberRoom } from '../../kit/my-rooms.ts';
import { takeKey } from '../../kit/operator-key.ts';
import { type AllWords, keep, kept } from '../../kit/words.ts';
import { ownZone, zoneChoice } from '../../kit/zones.ts';
import { localNote } from '../local-note.ts';
import { fullTime } from '../say.ts';
import { field } from './field.ts';
import { type Created, createRoom, type NoRoom, type RoomWish } from './new-room.ts';
import { operatorForm } from './operator-form.ts';
import { scheduledCard } from './scheduled-card.ts';
import { whoFields } from './who-fields.ts';

const NAME = 'earshot-name';
/** Limits of the API. */
const MAX_TITLE = 140;
const MAX_NAME = 60;
const FURTHEST_MS = 366 * 86_400_000;

/** What is wrong with a start time, in words; empty when nothing is. The limits are the API's. */
export function startProblem(start: number, now: number, words: AllWords): string {
  if (Number.isNaN(start)) return words.whenUnclear;
  if (start <= now) return words.whenPast;
  return start - now > FURTHEST_MS ? words.whenFar : '';
}

/**
 * The form that starts a room. A room for now goes straight to its studio; one for later shows its card. `added` is
 * called when there is one more; `typed` is the form of the page without scripts, in which somebody may have begun.
 */
export function startForm(words: AllWords, added: () => void, typed?: HTMLFormElement | null): HTMLElement {
  const opened = takeKey();
  const { title, host, when } = inputs(words);
  const who = whoFields(words);
  // What the page without scripts has chosen is UTC, which nobody has.
  const zone = zoneChoice(ownZone());
  takeTyped([title, host, when, ...who.inputs, who.draft], typed);
  const chosen = (): number => (when.value === '' ? Number.NaN : instantIn(zone.value, when.value));
  who.show();
  const hint = element('p', { class: 'hint small', id: 'when-hint' }, words.whenHint);
  const titleField = field('title', words.roomTitle, title);
  const hostField = field('host', words.yourName, host);
  const whenField = field('when', `${words.when} ${words.optional}`, when, hint);
  const go = element('button', { class: 'button' }, words.openStudio);
  const problem = element('p', { class: 'problem', role: 'alert' });
  const made = element('div', { class: 'links', role: 'status' });
  const label = (): string =>
    who.draft.checked
      ? words.saveDraft
      : when.value !== ''
        ? words.schedule
        : made.hasChildNodes()
          ? words.anotherRoom
          : words.openStudio;
  const tell = (): void => {
    const start = chosen();
    const own = zone.value === ownZone();
    const both = `${fullTime(start, words, zone.value)}${own ? '' : ` · ${fullTime(start, words)}`}.`;
    write(hint, Number.isNaN(start) ? words.whenHint : both);
    whenField.say('');
    write(go, label());
  };
  when.addEventListener('input', tell);
  zone.addEventListener('change', tell);
  title.addEventListener('input', () => titleField.say(''));
  who.draft.addEventListener('change', () => write(go, label()));
  write(go, label());
  const form = element(
    'form',
    { method: 'post', action: '/api/rooms', novalidate: true },
    titleField.node,
    hostField.node,
    whenField.node,
    field('zone', words.zone, zone).node,
    ...who.nodes,
    go,
    problem,
    made,
  );
  const operator = operatorForm(words, form);

  const succeed = (created: Created, wish: RoomWish): void => {
    remember(created, wish);
    // A draft has nothing to hand on yet: its studio is where it is announced.
    if (wish.start === undefined || wish.draft) location.href = created.studio;
    else {
      // The next step is on the card: one button of a page leads.
      go.classList.add('quiet');
      made.replaceChildren(scheduledCard(created, wish, wish.start, words));
      title.value = when.value = '';
      write(hint, words.whenHint);
    }
    added();
  };
  const fail = async (no: NoRoom): Promise<void> => {
    if (no.why === 'not-allowed') await operator.look();
    else if (no.why === 'too-many') write(problem, words.tooManyRooms);
    else if (no.why === 'start') whenField.say(words.whenPast);
    else if (no.why === 'title') titleField.say(words.titleWrong);
    else if (no.why === 'host') hostField.say(words.nameWrong);
    else if (no.why === 'password') who.password.say(words.roomPasswordWrong);
    else if (no.why === 'rule') write(problem, words.ruleBroken(no.rule));
    else write(problem, no.why === 'other' ? words.roomRefused : words.siteAway);
  };
  const submit = async (): Promise<void> => {
    write(problem, '');
    const start = when.value === '' && !when.validity.badInput ? undefined : chosen();
    if (titleField.say(title.value.trim() === '' ? words.titleMissing : '')) return;
    if (whenField.say(start === undefined ? '' : startProblem(start, Date.now(), words))) return;
    go.disabled = true;
    write(go, words.starting);
    const wish = {
      title: title.value.trim(),
      host: host.value.trim(),
      start,
      zone: zone.value,
      ...who.value(),
    };
    try {
      const answer = await createRoom(wish);
      if ('why' in answer) await fail(answer);
      else succeed(answer, wish);
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
  void operator.look(opened);
  return element(
    'section',
    { id: 'start', class: 'start card' },
    element('h2', {}, words.startRoom),
    operator.told,
    form,
    operator.node,
    localNote(location.href, words),
  );
}

/** Takes over what somebody has entered in the form of the page without scripts, and the focus. */
function takeTyped(
  inputs: readonly (HTMLInputElement | HTMLSelectElement)[],
  typed: HTMLFormElement | null | undefined,
): void {
  for (const input of inputs) {
    const begun = typed?.elements.namedItem(input.name);
    if (!(begun instanceof HTMLInputElement || begun instanceof HTMLSelectElement)) continue;
    if (begun instanceof HTMLInputElement && input instanceof HTMLInputElement) input.checked = begun.checked;
    if (begun.value !== '') input.value = begun.value;
    if (begun === document.activeElement) queueMicrotask(() => input.focus());
  }
}

function inputs(words: AllWords) {
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
  return { title, host, when };
}

/** Remembers the host's name for the next room, and the link to this one. */
function remember({ slug, studio }: Created, { title, host, start }: RoomWish): void {
  keep(NAME, host);
  rememberRoom({
    slug,
    title,
    ...(start === undefined ? {} : { start }),
    link: new URL(studio, location.href).href,
    role: 'host',
  });
}
