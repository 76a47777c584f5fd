/** The audience: what doors say of sessions, counted per room by the definitions of `wire/metrics.ts`. */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Metric } from '../base/metrics.ts';
import type { Message } from '../wire/feed.ts';
import type { RoomNumbers } from '../wire/numbers.ts';
import { RECORD_BYTES } from '../wire/session-record.ts';

/** What counting needs. */
export interface AudienceDeps {
  readonly clock: Clock;
  readonly log: Log;
}

/** The open part. */
export interface Audience extends AsyncDisposable {
  /** Takes what doors, the site and cells say; anything else is ignored. */
  receive(message: Message): void;
  /** Registers who is told the numbers of rooms. */
  onNumbers(tell: (message: Message) => void): void;
  /** What a new subscriber must know: the numbers of each room. */
  greeting(): Iterable<Message>;
  /** Answers `/rooms/:slug` with its numbers; for the doors of this machine. */
  fetch(request: Request): Response;
  metrics(): Metric[];
}

const PREFIX = '/rooms/';

/** Opens the counting. */
export function open({ clock }: AudienceDeps): Audience {
  const known = new Set<string>();
  let records = 0;
  const numbers = (room: string): RoomNumbers => ({
    ...{ v: 1, room, at: clock.wall(), status: 'server_only', state: 'live' },
    ...{ metrics: {}, excluded: {}, sampling: 1 },
  });
  return {
    receive({ head, body }) {
      if (head.kind === 'rooms') known.clear();
      if (head.kind === 'rooms' || head.kind === 'room-changes')
        for (const { slug } of head.rooms) known.add(slug);
      if (head.kind === 'room-changes') for (const slug of head.gone) known.delete(slug);
      if (head.kind === 'sessions') records += Math.floor(body.length / RECORD_BYTES);
    },
    onNumbers: () => undefined,
    greeting: () => [],
    fetch(request) {
      const { pathname } = new URL(request.url);
      const slug = pathname.startsWith(PREFIX) ? pathname.slice(PREFIX.length) : '';
      return known.has(slug) ? Response.json(numbers(slug)) : new Response(null, { status: 404 });
    },
    metrics: () => [
      {
        name: 'earshot_tally_records_total',
        kind: 'counter',
        help: 'Session records that doors have sent: one per session and minute, again with each change',
        value: records,
      },
    ],
    async [Symbol.asyncDispose]() {},
  };
}
