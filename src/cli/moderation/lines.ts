import { EarshotError } from '../../base/errors.ts';

/** A report as the API lists it. */
export interface ListedAbuse {
  readonly id: string;
  readonly room: string;
  readonly subject: string;
  readonly name: string;
  readonly reason: string;
  readonly words: string;
  readonly created: string;
  readonly outcome?: string;
  readonly choices: readonly string[];
}

/** A decision as the API lists it. */
export interface ListedDecision {
  readonly id: string;
  readonly act: string;
  readonly room?: string;
  readonly name: string;
  readonly reason: string;
  readonly since: string;
  readonly until?: string;
  readonly notice: string;
}

const UNITS = { min: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const LONGEST_DAYS = 3_650;

/**
 * When a span such as `12h` that begins now is over, in ISO 8601.
 * @throws EarshotError `unprocessable`.
 */
export function endOf(span: string, now: number): string {
  const [, count, unit] = /^(\d{1,6})(min|h|d)$/.exec(span.trim()) ?? [];
  const length = Number(count) * (UNITS[unit as keyof typeof UNITS] ?? Number.NaN);
  if (length > 0 && length <= LONGEST_DAYS * UNITS.d) return new Date(now + length).toISOString();
  throw new EarshotError('unprocessable', `--for = ${span}: use a span such as 90min, 12h or 7d`);
}

/** What strangers wrote, on one line and without signs that a terminal obeys. */
const plain = (text: string): string => text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
const minute = (at: string): string => at.slice(0, 16).replace('T', ' ');

/** One line about a report, and one with its words. */
export function abuseLine({
  id,
  room,
  subject,
  name,
  reason,
  words,
  created,
  outcome,
  choices,
}: ListedAbuse): string {
  const about = name === '' ? subject : `${subject} “${plain(name)}”`;
  const state = outcome === undefined ? `use: ${choices.join(', ')}` : `closed: ${outcome}`;
  const said = plain(words);
  return `${id}  ${minute(created)}  ${room}  ${about}  ${reason}${said === '' ? '' : `\n    “${said}”`}\n    ${state}`;
}

/** One line about a decision. */
export function decisionLine({ id, act, room, name, reason, since, until }: ListedDecision): string {
  const about = [room ?? '', name === '' ? '' : `“${plain(name)}”`].filter(Boolean).join(' ');
  const end = until === undefined ? 'until it is taken back' : `until ${minute(until)}`;
  return `${id}  ${act}  ${about}  ${minute(since)}, ${end}: ${plain(reason)}`;
}
