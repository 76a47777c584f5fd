/** Whether figures can be derived: from the raw records what each listener had, and what was published of a room. */
import { join } from 'node:path';
import { outside } from '../../e2e/rig/server.ts';
import { sessionOf } from '../../src/wire/listening-proof.ts';
import type { RoomNumbers } from '../../src/wire/numbers.ts';
import { SLOT_S } from '../../src/wire/session-record.ts';
import { rawSeconds } from '../raw-seconds.ts';
import type { Injected } from './budgets.ts';
import { command } from './checks.ts';
import type { ListenerStatus } from './listeners/listener.ts';

/** What a door has not told of a listener when it dies: the running slot, and the time in which it tells the last one. */
const LOST_EACH_MOVE_S = SLOT_S + 4;
/** Seconds are whole, at each door again; and a session has what waits in the sockets. */
const ROUNDING_S = 3;
/** What was published live, and what the raw records give, may differ by this share, or by this much. */
const SHARE = 0.02;
const FEW_S = 20;

/** What is known of the truth: the listeners' own word, at the moment at which they left. */
export interface Truth {
  readonly listeners: readonly ListenerStatus[];
  /** Seconds in which records could not be written, because of the faults. */
  readonly lost: number;
}

/** Doors keep what they tell for so long while the tally is away; more is lost. Seconds. */
const KEPT_S = 180;

/** Seconds of records that the faults of a run may have kept from the disk. */
export function lostRecords(injected: readonly Injected[]): number {
  const seconds = injected.map(({ fault, from, to }) => {
    const lasted = ((to ?? from) - from) / 1000;
    // Records that the disk does not take are gone, and the slot that was being written when it was full.
    if (fault.kind === 'disk-full') return lasted + 2 * SLOT_S;
    if (fault.kind === 'no-descriptors' && fault.role === 'tally') return lasted + 2 * SLOT_S;
    // Each door tells the running slot at its end; all of it dies with the supervisor.
    if (fault.kind === 'kill-supervisor') return 2 * SLOT_S;
    return fault.kind === 'stop' && fault.role === 'tally' ? Math.max(0, lasted - KEPT_S) : 0;
  });
  return seconds.reduce((sum, each) => sum + each, 0);
}

/** Sentences about sessions of the stream that the raw records have wrong; empty when each is there once, and right. */
export async function wrongSessions(data: string, slug: string, truth: Truth): Promise<string[]> {
  const found = await rawSeconds(join(data, 'audience', 'raw'), slug);
  const wrong: string[] = [];
  for (const { name, session, heard, connections } of truth.listeners.filter((one) => one.slug === slug)) {
    const id = session === undefined ? undefined : sessionOf(session);
    if (!id) continue;
    const seconds = found.get(new DataView(id.buffer).getBigUint64(0, true));
    const least = heard - (connections + 1) * LOST_EACH_MOVE_S - ROUNDING_S - truth.lost;
    const most = heard + connections * ROUNDING_S;
    if (seconds === undefined)
      wrong.push(`no record has the session of ${name}, who heard ${heard.toFixed(0)} s`);
    else if (seconds < least || seconds > most)
      wrong.push(
        `the records have ${seconds} s of ${name}, who heard ${heard.toFixed(0)} s on ${connections} connections`,
      );
  }
  return wrong;
}

/** Sentences about published figures that a count from the raw records does not give. */
export async function wrongFigures(
  url: string,
  data: string,
  slug: string,
  { lost, listeners }: Truth,
): Promise<string[]> {
  const published = (await (await fetch(`${url}/r/${slug}/numbers.json`)).json()) as RoomNumbers;
  const { code, out } = await command(
    ['numbers', 'recount', '--room', slug, '--json', '--data', data],
    outside(),
  );
  // Where the disk took no records, it says that they are not complete, and is right.
  if (code !== 0)
    return lost > 0 && out.includes('"incomplete"') ? [] : [`${slug} cannot be counted again: ${out.trim()}`];
  const { figures = {} } = JSON.parse(out) as { figures?: Record<string, { net: number; gross: number }> };
  const wrong: string[] = [];
  for (const id of ['tuned_in_live', 'drop_ins', 'peak_concurrent', 'listening_seconds'] as const) {
    const [was, is] = [published.metrics[id]?.gross ?? 0, figures[id]?.gross ?? 0];
    const allowed = id === 'listening_seconds' ? Math.max(FEW_S, was * SHARE) + lost * listeners.length : 0;
    if (Math.abs(was - is) > allowed)
      wrong.push(`${id} of ${slug}: ${was} was published, the raw records give ${is} (before the rules)`);
  }
  return wrong;
}
