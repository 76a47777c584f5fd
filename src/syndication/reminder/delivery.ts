import { createHmac } from 'node:crypto';
import type { RoomCard } from '../../wire/room.ts';
import { type DeliveryOutcome, openPushWay } from '../push/push-way.ts';
import type { Vapid } from '../push/vapid.ts';
import type { ReminderRow } from './book.ts';
import { type ReminderNotice, usefulUntil } from './notices.ts';
import type { Reminding } from './reminding.ts';
import { english, type RoomSaid } from './words/english.ts';
import { french } from './words/french.ts';

/** Of a host's reason, in a message. */
const MOST_REASON = 500;
/** How long a push service keeps a message for a browser that is away, seconds. */
const LEAST_TTL = 60;
const MOST_TTL = 86_400;
/** A room is looked up once for everybody who is told of it within this time. */
const CARD_MS = 500;

/** What delivering needs. */
export interface DeliveryDeps {
  readonly reminding: Reminding;
  readonly vapid: Vapid;
  /** The public address without a trailing slash. */
  readonly base: string;
  wall(): number;
  cardOf(slug: string): Promise<RoomCard | undefined>;
  /** Says whether this address may be written to: a push endpoint that the settings no longer allow may not. */
  isTaken(origin: string): boolean;
}

/** The words of a language. */
export const wordsIn = (language: string): typeof english => (language === 'fr' ? french : english);

/** What a room is called in messages; one that is gone has only its address. */
const saidOf = (card: RoomCard | undefined, slug: string): RoomSaid => {
  const { late, cancelled } = card?.plans ?? {};
  const reason = (card?.status === 'cancelled' ? cancelled : late)?.reason;
  return {
    ...{ title: card?.title ?? slug, hosts: card?.hosts.join(', ') ?? '' },
    reason: reason === undefined ? undefined : [...reason].slice(0, MOST_REASON).join(''),
  };
};

/** The head of a message, and its sentence. */
function messageOf(
  notice: Exclude<ReminderNotice, 'confirm'>,
  it: RoomSaid,
  words: typeof english,
): [string, string] {
  const says =
    notice === 'soon' && it.reason !== undefined ? words.soonLate.says(it) : words[notice].says(it);
  return [words[notice].head(it), says];
}

/**
 * What follows from the refusal of a mail server. Of an address it speaks in its answer to RCPT alone: a greeting, a password or a
 * sender that it refuses is a matter between it and us, and nobody is forgotten for that. Spec: RFC 5321, 4.2.1 and 4.3.2.
 */
function refusalOf(error: unknown): DeliveryOutcome['became'] & ('over' | 'ended' | 'again') {
  const { responseCode, command } = error as { responseCode?: unknown; command?: unknown };
  const isForGood = Number(responseCode) >= 500 && Number(responseCode) < 600;
  if (isForGood && command === 'RCPT TO') return 'over';
  return isForGood && command === 'DATA' ? 'ended' : 'again';
}

/** Writes one reminder and passes it on: to a push service, or to the mail server. */
export function openDelivery({ reminding, vapid, base, wall, cardOf, isTaken }: DeliveryDeps) {
  const push = openPushWay({ outgoing: reminding.outgoing, vapid });
  const cards = new Map<string, { readonly at: number; readonly card: Promise<RoomCard | undefined> }>();
  const topics = new Map<string, string>();

  function lookUp(slug: string): Promise<RoomCard | undefined> {
    const known = cards.get(slug);
    const now = wall();
    if (known && Math.abs(now - known.at) < CARD_MS) return known.card;
    if (cards.size > 1_000) cards.clear();
    const card = cardOf(slug);
    cards.set(slug, { at: now, card });
    return card;
  }
  /** Says to a push service that two messages are about the same, and not about what. Spec: RFC 8030, 5.4. */
  function topicOf(slug: string): string {
    const known = topics.get(slug);
    if (known !== undefined) return known;
    if (topics.size > 10_000) topics.clear();
    const topic = createHmac('sha256', reminding.topicKey).update(slug).digest('base64url').slice(0, 32);
    topics.set(slug, topic);
    return topic;
  }

  function byPush(
    row: ReminderRow,
    notice: Exclude<ReminderNotice, 'confirm'>,
    card: RoomCard | undefined,
    until: number,
  ) {
    const words = wordsIn(row.language);
    const [title, body] = messageOf(notice, saidOf(card, row.room), words);
    const topic = topicOf(row.room);
    const at = card?.clocks.scheduled;
    const payload = JSON.stringify({
      ...{ v: 1, id: `${topic}.${Number(row.edition)}`, tag: topic, notice, language: words.language },
      ...{ title, body, ...(at === undefined ? {} : { at }), url: `/r/${row.room}` },
    });
    const [p256dh = '', auth = ''] = (row.keys ?? '').split('.');
    const ttl = Math.min(Math.max(Math.floor((until - wall()) / 1_000), LEAST_TTL), MOST_TTL);
    const urgency = notice === 'moved' || notice === 'cancelled' ? 'normal' : 'high';
    return push(
      { endpoint: row.target, p256dh, auth },
      Buffer.from(payload),
      { ttl, urgency, topic },
      wall(),
    );
  }
  async function byMail(
    row: ReminderRow,
    notice: ReminderNotice,
    card: RoomCard | undefined,
  ): Promise<DeliveryOutcome> {
    const { mail, mailOf } = reminding;
    if (!mail) return { became: 'ended', why: 'no mail is sent' };
    const to = row.account === null ? row.target : await mailOf?.(row.account);
    if (to === undefined) return { became: 'over', why: 'the account has no address' };
    const words = wordsIn(row.language);
    const said = saidOf(card, row.room);
    const leave = `${base}/reminder/${row.id}`;
    const letter = (): { subject: string; text: string } => {
      if (notice === 'confirm')
        return { subject: words.mail.subject(said.title), text: words.mail.confirm(said.title, leave) };
      const [subject, says] = messageOf(notice, said, words);
      const { scheduled } = card?.clocks ?? {};
      const sentence = words.timeIn(says, scheduled ?? 0, card?.zone);
      const facts =
        notice === 'cancelled' ? '' : words.mail.facts(`${base}/r/${row.room}`, scheduled, card?.zone);
      const foot =
        row.account === null ? words.mail.foot(leave) : words.mail.followedFoot(leave, `${base}/reminders`);
      const head = notice === 'soon' || notice === 'live' ? `${subject}: ${sentence}` : subject;
      return {
        subject: head.slice(0, 200),
        text: `${said.title}\n${sentence}\n${facts === '' ? '' : `\n${facts}`}${foot}`,
      };
    };
    try {
      await mail({ id: `reminder-${row.id}-${Number(row.edition)}`, to, leave, ...letter() });
      return { became: 'sent' };
    } catch (error) {
      const why = `${error instanceof Error ? error.message : error}`.slice(0, 200);
      return { became: refusalOf(error), why };
    }
  }

  return async (row: ReminderRow): Promise<DeliveryOutcome | { readonly became: 'stale' }> => {
    const notice = row.notice as ReminderNotice | null;
    if (notice === null) return { became: 'stale' };
    const card = await lookUp(row.room);
    const until = usefulUntil(notice, card?.access === 'private' ? undefined : card, Number(row.due));
    if (wall() > until) return { became: 'stale' };
    if (row.way === 'mail') return byMail(row, notice, card);
    if (notice === 'confirm') return { became: 'stale' };
    if (!isTaken(row.target)) return { became: 'over', why: 'this push service is not allowed any more' };
    return byPush(row, notice, card, until);
  };
}
