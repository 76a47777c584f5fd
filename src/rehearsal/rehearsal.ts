import type { Clock } from '../base/clock.ts';
import { EarshotError } from '../base/errors.ts';
import { ms } from '../base/time.ts';
import { fetchConsent, HOW_TO_CONSENT, objection } from './machines/consent.ts';
import { openTeam } from './machines/team.ts';
import { findAddress } from './order/address.ts';
import { type Curve, curveLength } from './order/curve.ts';
import type { Member } from './order/order.ts';
import type { RehearsalResult } from './report/outcome.ts';
import { openWatch } from './report/state-watch.ts';
import { sumUp } from './report/summary.ts';
import { MAX_SECONDS, Timeline, type TimelineRow } from './report/timeline.ts';
import { findTarget, roomOf, sourceAddresses, type Target } from './target.ts';

/** Dependencies of a rehearsal. */
export interface RehearsalDeps {
  readonly clock: Clock;
  /** The room: `http://host/r/slug`. */
  readonly url: string;
  /** The key that the server's consent requires. */
  readonly key: string;
  readonly listeners: number;
  readonly curve: Curve;
  /** How long everybody stays after the last arrival, in ms. */
  readonly hold: number;
  readonly codec?: 'opus' | 'aac';
  /** kbit/s. */
  readonly rate?: number;
  /** Share (0 to 1) that loads the page first. */
  readonly pages?: number;
  /** Share (0 to 1) that uses HLS. */
  readonly hls?: number;
  /** Share (0 to 1) that behaves as our page does; together with `hls` at most 1. */
  readonly asPage?: number;
  /**
   * Source addresses: a range or a list. Default: 127.0.0.0/8 for a server on this machine, else the system's choice.
   */
  readonly from?: string;
  /** Version of this program. */
  readonly version: string;
  /** Opens the processes and machines; called once the target has consented. They are closed at the end. */
  members(): Promise<readonly Member[]>;
  /** Called once a second with the completed second. */
  onSecond?(row: TimelineRow): void;
  note?(line: string): void;
}

/** A running rehearsal. Disposing stops it. */
export interface Rehearsal extends AsyncDisposable {
  /** Everybody leaves; the outcome says that it was interrupted. */
  stop(why?: string): void;
  /** Resolves when it is over. */
  readonly result: Promise<RehearsalResult>;
}

/** Time between the order and the beginning, so that the order reaches the last process first. */
const LEAD_MS = 500;
/** How often the operator's consent is checked again. */
const CONSENT_MS = 10_000;
/** A second is shown when every process has had this long to report it. */
const SHOW_AFTER_S = 1;
/** After this time without the last `done` the outcome is made without it. */
const LAST_WORDS_MS = 5_000;
/** Addresses prepared for all processes; each takes four, of 20,000 connections each. */
const SOURCES = 1024;

/**
 * Asks the target for its consent, runs the crowd and observes the result.
 * @throws EarshotError `operator-only` without consent, `unprocessable` when more is requested than there is capacity
 * for, and the errors of `findTarget`.
 */
export async function open(deps: RehearsalDeps): Promise<Rehearsal> {
  const { clock, listeners, key } = deps;
  const { origin, target } = await consentingTarget(deps);
  await using stack = new AsyncDisposableStack();
  const result = Promise.withResolvers<RehearsalResult>();
  const timeline = new Timeline();
  const lost: string[] = [];
  const members = await deps.members();
  let shown = 0;
  const show = (upTo: number): void => {
    for (; shown < upTo; shown++) {
      const row = timeline.row(shown);
      if (row) deps.onSecond?.(row);
    }
  };
  const team = stack.use(
    openTeam(members, {
      second(second) {
        timeline.add(second);
        show(timeline.length - 1 - SHOW_AFTER_S);
      },
      lost(name, why) {
        lost.push(`${name}: ${why}`);
        deps.note?.(`${name} is lost: ${why}`);
      },
      done: () => finish(),
    }),
  );
  if (team.capacity < connectionsOf(listeners, deps.asPage))
    throw new EarshotError(
      'unprocessable',
      `${listeners} listeners do not fit into ${team.processes} processes of this crowd (${team.capacity} connections): raise ulimit -n, give more --processes, or let more machines join`,
    );
  const local = /^127\./.test(target.address.host);
  const range = deps.from ?? (local ? '127.0.0.0/8' : undefined);
  const began = clock.now() + LEAD_MS;
  const beganWall = clock.wall() + LEAD_MS;
  const watch = stack.use(openWatch(clock, new URL(`/r/${target.slug}/state.json`, origin), began));
  let stopped = 'complete';
  let over = false;

  const asking = clock.every(ms(CONSENT_MS), () => {
    fetchConsent(target.address).then(
      (consent) => {
        const slug = target.slug;
        if (!consent || objection(consent, { slug, listeners, key, now: clock.wall(), ends: clock.wall() }))
          stop('the consent was withdrawn');
      },
      // A server that is too busy to answer has not withdrawn anything.
      () => {},
    );
  });
  stack.use(asking);

  function stop(why = 'interrupted'): void {
    if (over || stopped !== 'complete') return;
    stopped = why;
    team.stop();
    clock.after(ms(LAST_WORDS_MS), finish);
  }
  function finish(): void {
    if (over) return;
    over = true;
    show(timeline.length);
    const outcome = sumUp(timeline, {
      software: { tool: `earshot ${deps.version}`, server: target.server },
      target: { origin, room: target.slug },
      ...{ began: beganWall, ended: clock.wall(), stopped },
      ...{ ...audience(deps), rate: deps.rate },
      machines:
        1 + members.filter(({ processes, name }) => processes > 1 || !name.startsWith('process')).length,
      ...{ processes: team.processes, lost, glances: watch.glances },
    });
    result.resolve({ outcome, rows: timeline.rows(), glances: watch.glances });
  }

  team.begin({
    ...{ address: target.address, slug: target.slug },
    ...audience(deps),
    ...(deps.rate === undefined ? {} : { rate: deps.rate }),
    from: range === undefined ? [] : sourceAddresses(range, SOURCES),
    ...(target.zero === undefined ? {} : { zero: target.zero }),
    ...{ startsIn: LEAD_MS, clockOffset: 0, seed: 1 },
  });
  const inner = stack.move();
  return {
    stop,
    result: result.promise,
    async [Symbol.asyncDispose]() {
      stop();
      await inner.disposeAsync();
    },
  };
}

/** Who comes, with what is taken where nothing is said. */
const audience = ({
  listeners,
  curve,
  hold,
  codec = 'opus',
  pages = 0,
  hls = 0,
  asPage = 0,
}: RehearsalDeps) => ({
  ...{ listeners, curve, hold },
  ...{ codec, pages, hls, asPage },
});

/** Finds the room, on a server that allows what is asked for. @throws as `open` does. */
async function consentingTarget(deps: RehearsalDeps): Promise<{ origin: string; target: Target }> {
  const { clock, listeners, curve, hold, key } = deps;
  const length = curveLength(curve) + hold;
  if (length / 1000 > MAX_SECONDS - 60)
    throw new EarshotError('unprocessable', `a rehearsal lasts ${MAX_SECONDS / 3600} h at most`);
  if ((deps.hls ?? 0) + (deps.asPage ?? 0) > 1)
    throw new EarshotError('unprocessable', 'the shares with HLS and with a page are together at most 1');
  const { origin } = URL.canParse(deps.url) ? new URL(deps.url) : { origin: deps.url };
  const target = await reachable(origin, async () => {
    const address = await findAddress(new URL(origin));
    const slug = URL.canParse(deps.url) ? (roomOf(new URL(deps.url)) ?? '') : '';
    const consent = await fetchConsent(address);
    if (!consent)
      throw new EarshotError('operator-only', `${origin} publishes no consent. ${HOW_TO_CONSENT}`);
    const now = clock.wall();
    const why = objection(consent, { slug, listeners, key, now, ends: now + length });
    if (why) throw new EarshotError('operator-only', `${origin} does not allow this: ${why}.`);
    return findTarget(deps.url, address);
  });
  return { origin, target };
}

/** Limit of simultaneous connections of this many people: a page has up to three. */
export const connectionsOf = (listeners: number, asPage = 0): number =>
  Math.ceil(listeners * (1 + 2 * asPage));

async function reachable<T>(origin: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof EarshotError) throw error;
    const cause = (error as { cause?: Error }).cause ?? (error as Error);
    throw new EarshotError('doors-away', `${origin} does not answer: ${cause.message}`, { cause });
  }
}
