/** Whether figures can be derived: from the raw records what each listener had, and what was published of a room. */
import { join } from 'node:path';
import { outside } from '../../e2e/rig/server.ts';
import { sessionOf } from '../../src/wire/listening-proof.ts';
import type { RoomNumbers } from '../../src/wire/numbers.ts';
import { SLOT_S } from '../../src/wire/session-record.ts';
import { rawSeconds } from '../raw-seconds.ts';
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
  /** Times at which records could not be written (a full disk, a tally that stood still for minutes): seconds. */
  readonly lost: number;
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
export async function wrongFigures(url: string, data: string, slug: string): Promise<string[]> {
  const published = (await (await fetch(`${url}/r/${slug}/numbers.json`)).json()) as RoomNumbers;
  const { code, out } = await command(
    ['numbers', 'recount', '--room', slug, '--json', '--data', data],
    outside(),
  );
  if (code !== 0) return [`${slug} cannot be counted again: ${out.trim()}`];
  const { figures = {} } = JSON.parse(out) as { figures?: Record<string, { net: number; gross: number }> };
  const wrong: string[] = [];
  for (const id of ['tuned_in_live', 'drop_ins', 'peak_concurrent', 'listening_seconds'] as const) {
    const [was, is] = [published.metrics[id]?.gross ?? 0, figures[id]?.gross ?? 0];
    const allowed = id === 'listening_seconds' ? Math.max(FEW_S, was * SHARE) : 0;
    if (Math.abs(was - is) > allowed)
      wrong.push(`${id} of ${slug}: ${was} was published, the raw records give ${is} (before the rules)`);
  }
  return wrong;
}
