import type { Place, Range } from '../../src/wire/place-in-line.ts';
import type { QueueState } from '../../src/wire/queue.ts';
import type { Language } from '../kit/words.ts';
import type { LineWords } from './line-words.ts';

/** One person's place in line, as the card describes it. */
export interface InLine {
  /** The live edge has been reached. */
  readonly live: boolean;
  /** They have left the line. */
  readonly away: boolean;
  readonly queue: QueueState | undefined;
  readonly place: Place | undefined;
  /** What became of an older ticket; empty when there is nothing to say. */
  readonly note: string;
  /** Why it takes longer than before; empty when it does not. */
  readonly why: string;
  /** There has been no news for a while. */
  readonly stale: boolean;
  /** Wall-clock ms by the server's clock. */
  readonly now: number;
}

/** True if a figure has to be shown as a range. */
export const isRanged = (found: Range | undefined): boolean =>
  found !== undefined && found.low !== found.high;

/** Describes a place in line in a few sentences. */
export function lineSentence(it: InLine, words: LineWords, language: Language): string {
  const range = ({ low, high }: Range): string => {
    const [from, to] = [low, high].map((value) => value.toLocaleString(language));
    return low === high ? `${to}` : `${from}–${to}`;
  };
  const { queue, place } = it;
  if (it.live) return words.up;
  if (it.away) return words.left;
  if (!place || !queue) return words.waiting;
  if (place.called) return words.turn;
  const drawn = it.now >= queue.start;
  const parts = [it.note];
  if (!drawn)
    parts.push(
      words.lottery(
        new Date(queue.start).toLocaleTimeString(language, { hour: '2-digit', minute: '2-digit' }),
      ),
    );
  const { low, high } = place.ahead;
  parts.push(high === 0 ? words.nobodyAhead : words.ahead(range({ low: low || high, high }), low === 0));
  if (drawn)
    parts.push(
      place.minutes ? words.minutes(place.minutes.high === 1 ? '1' : range(place.minutes)) : words.noPace,
    );
  parts.push(it.why);
  if (it.stale) parts.push(words.away);
  return parts.filter(Boolean).join(' ');
}
