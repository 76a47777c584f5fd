import { escapeHtml } from '../../base/plain-text.ts';
import { buttonLine, choice, doneNote, field, refusedNote, sentTo } from '../../form/index.ts';
import type { RoomCard } from '../../wire/room.ts';
import type { SendWindow } from './notices.ts';
import type { ReminderWords } from './words/english.ts';

/** What the page about reminders of a room shows. */
export interface RemindShown {
  readonly card: RoomCard;
  readonly people: number;
  /** Wall-clock ms. */
  readonly now: number;
  readonly window?: SendWindow | undefined;
  /** What browsers subscribe with; absent: nobody is told by their browser. */
  readonly key?: string | undefined;
  readonly hasMail: boolean;
  readonly told?: string | undefined;
  readonly bad?: string | undefined;
}

/** A time that the script of the page writes in the reader's own time zone. */
const timeHtml = (at: number, kind: 'clock' | 'when', says: string): string =>
  `<time datetime="${new Date(at).toISOString()}" data-local="${kind}">${says}</time>`;

/** When it starts, and what its hosts say of that. */
function startLines(words: ReminderWords, { card, now }: Pick<RemindShown, 'card' | 'now'>): string[] {
  const { scheduled } = card.clocks;
  const { late, moved } = card.plans ?? {};
  const at = (time: number): string => timeHtml(time, 'when', words.when(time, card.zone));
  return [
    ...(scheduled === undefined
      ? []
      : [scheduled < now ? words.overdue(at(scheduled)) : words.starts(at(scheduled))]),
    ...(late ? [escapeHtml(words.late.says({ title: '', hosts: '', reason: late.reason }))] : []),
    ...(moved && card.status === 'scheduled' ? [words.movedFrom(at(moved.from))] : []),
    ...(card.status === 'open' ? [words.isOpen] : []),
  ];
}

/** The page on which somebody chooses how they are reminded. */
export function remindMain(words: ReminderWords, shown: RemindShown): string {
  const { card, people, window, key, hasMail, told, bad } = shown;
  const { push, mail, calendar } = words;
  const at = `/r/${card.slug}`;
  const says = {
    ...{ on: push.on, left: push.left, denied: push.denied, unable: push.unable, ios: push.ios },
    ...{ failed: push.failed, full: words.refused.full, asking: push.asking },
  };
  const data = Object.entries(says).map(([name, text]) => ` data-${name}="${escapeHtml(text)}"`);
  const onDevice =
    key === undefined
      ? ''
      : `<section><h2>${push.title}</h2><p>${push.lead}</p>
<div data-remind="${card.slug}" data-key="${key}"${data.join('')} hidden><p><button class="button" type="button" data-start>${push.button}</button> <button class="button quiet" type="button" data-leave hidden>${push.leave}</button></p><p role="status"></p></div>
<noscript><p class="small">${push.script}</p></noscript></section>`;
  const byMail = hasMail
    ? `<section><h2>${mail.title}</h2><p>${mail.lead}</p>${sentTo(
        `${at}/remind`,
        {},
        `${field(mail.field, 'email', 'type="email" maxlength="254" autocomplete="email" required')}${buttonLine(mail.button, key === undefined ? '' : 'quiet')}`,
      )}</section>`
    : '';
  const lines = [
    ...startLines(words, shown),
    ...(people > 0 ? [words.count(people)] : []),
    ...(window
      ? [
          words.window(
            timeHtml(window.from, 'clock', words.clock(window.from, card.zone)),
            timeHtml(window.until, 'clock', words.clock(window.until, card.zone)),
          ),
        ]
      : []),
  ];
  return `<main class="page people"><h1 dir="auto">${escapeHtml(card.title)}</h1>${refusedNote(bad)}${doneNote(told)}
${lines.map((line) => `<p dir="auto">${line}</p>`).join('')}
${onDevice}${byMail}<section><h2>${calendar.title}</h2><p>${calendar.lead}</p><p><a class="button quiet" href="${at}/event.ics">${calendar.button}</a></p></section>
<p><a href="${at}">${words.toRoom}</a></p></main>`;
}

/** A page that says one thing, with the way to the room. */
export const saidMain = (words: ReminderWords, title: string, says: string, slug?: string): string =>
  `<main class="page people"><h1 dir="auto">${escapeHtml(title)}</h1><p>${escapeHtml(says)}</p>${
    slug === undefined
      ? `<p><a href="/">${words.toHome}</a></p>`
      : `<p><a href="/r/${slug}">${words.toRoom}</a></p>`
  }</main>`;

/** What somebody does with their own reminder, by the link of a mail. */
export function ownMain(
  words: ReminderWords,
  { path, slug, title, isConfirmed }: { path: string; slug: string; title: string; isConfirmed: boolean },
  told?: string,
): string {
  const { own } = words;
  const act = isConfirmed
    ? sentTo(path, { act: 'leave' }, buttonLine(own.leave, told === undefined ? '' : 'quiet'))
    : sentTo(path, { act: 'confirm' }, buttonLine(own.confirm));
  const lead = isConfirmed ? own.lead(title) : own.confirmLead(title);
  return `<main class="page people"><h1>${own.title}</h1>${doneNote(told)}<p dir="auto">${escapeHtml(lead)}</p>${act}<p><a href="/r/${slug}">${words.toRoom}</a></p></main>`;
}

/** How an account is reminded of the rooms of those whom it follows; `way` undefined: nobody is signed in. */
export function followedMain(
  words: ReminderWords,
  { way, hasMail, told, bad }: { way?: 'off' | 'mail'; hasMail: boolean; told?: string; bad?: string },
): string {
  const { followed } = words;
  const options = [['off', followed.off], ...(hasMail ? [['mail', followed.mail] as const] : [])] as const;
  const form = sentTo(
    '/reminders',
    {},
    `${choice(followed.way, 'way', options, { value: way ?? 'off' })}${buttonLine(followed.keep)}`,
  );
  const inside =
    way === undefined
      ? `<p>${followed.needed}</p><p><a class="button" href="/sign-in?next=%2Freminders">${followed.signIn}</a></p>`
      : hasMail
        ? form
        : // What was chosen while there was mail can still be ended.
          `<p>${followed.noMail}</p>${way === 'mail' ? form : ''}`;
  return `<main class="page people"><h1>${followed.title}</h1>${refusedNote(bad)}${doneNote(told)}<p>${followed.lead}</p>${inside}</main>`;
}
