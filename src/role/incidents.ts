import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Config } from '../config/index.ts';
import {
  type Incident,
  type Incidents,
  type IncidentsDeps,
  open as openIncidents,
} from '../incident/index.ts';
import { readSecret } from '../keys/secret.ts';
import { keyFor } from '../keys/signing-keys.ts';
import { isRunning } from '../wire/room.ts';
import { paths } from './paths.ts';
import { followProcesses } from './tally/process-news.ts';
import { openStatements, type StatementsDeps } from './tally/statements.ts';

const BUILD = fileURLToPath(new URL('../../dist', import.meta.url));

/**
 * The style of the pages about incidents, and the fonts that it names: copied beside them, so that they need nobody.
 * What cannot be read is undefined.
 */
async function pageStyle(): Promise<ReadonlyMap<string, Uint8Array | undefined>> {
  const files = new Map<string, Uint8Array | undefined>();
  const text = await readFile(join(BUILD, '.vite', 'manifest.json'), 'utf8').catch(() => '{}');
  const manifest = JSON.parse(text) as Readonly<Record<string, { readonly file: string }>>;
  let style = '';
  for (const source of ['web/kit/style.css', 'web/kit/incidents.css']) {
    const file = manifest[source]?.file;
    if (file === undefined) continue;
    const own = await readFile(join(BUILD, file), 'utf8').catch(() => undefined);
    if (own === undefined) files.set('style.css', undefined);
    else style += `${own}\n`;
  }
  for (const [, name = ''] of style.matchAll(/\/_\/([\w.-]+\.woff2)/g))
    files.set(name, await readFile(join(BUILD, name)).catch(() => undefined));
  if (!files.has('style.css')) files.set('style.css', Buffer.from(style.replaceAll('/_/', '')));
  return files;
}

/** Cells tell the state of each room every three seconds; one that stands still tells nothing. */
const STATE_WITHIN_MS = 6_000;
/** Rooms whose last notes are kept. */
const MOST_KEPT = 200;

/** Reads the notes of a room; while they cannot be read, what was read of that room before stands, and other rooms are left alone. */
export function keptNotes(notesOf: StatementsDeps['notesOf'], log: Log): StatementsDeps['notesOf'] {
  const kept = new Map<string, Awaited<ReturnType<typeof notesOf>>>();
  return async (room) => {
    try {
      const notes = await notesOf(room);
      kept.delete(room);
      kept.set(room, notes);
      const [oldest] = kept.keys();
      if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      return notes;
    } catch (error) {
      log.debug({ room, error: String(error) }, 'the notes of a room could not be read');
      return kept.get(room) ?? [];
    }
  };
}

/** So much is the machine's clock ahead of a steady one, ms, once somebody has set it; other processes write by the machine's. */
export function aheadOf(clock: Pick<Clock, 'wall'>, machine: Pick<Clock, 'wall'> = systemClock): number {
  const by = Math.round(machine.wall() - clock.wall());
  return Math.abs(by) < 1_000 ? 0 : by;
}

/** The key that signs what webhooks are sent, as `earshot incident webhook-key` prints it. */
export const webhookKey = (config: Pick<Config, 'data'>): string =>
  Buffer.from(keyFor(readSecret(paths(config.data).secret), 'incident webhooks')).toString('hex');

/** Opens the incidents of this installation, and tells them what happens to its processes. */
export async function openServerIncidents(
  config: Config,
  log: Log,
  clock: Clock,
  sources: Pick<IncidentsDeps, 'bundle' | 'requests' | 'requestLines' | 'requestsCopied'> &
    Pick<StatementsDeps, 'notesOf'>,
): Promise<Incidents> {
  const at = paths(config.data);
  const { requests, requestLines } = sources;
  const running = new Set<string>();
  const statements = openStatements({
    ...{ claims: at.claims, running: () => running, notesOf: keptNotes(sources.notesOf, log) },
  });
  await using stack = new AsyncDisposableStack();
  const incidents = stack.use(
    await openIncidents({
      ...{ clock, log, path: at.incidents, folder: at.press, base: config.publicUrl },
      ...{ style: pageStyle, statements, stateWithin: STATE_WITHIN_MS },
      // Receivers hold the time of a signature against the true one.
      webhooks: { clock: systemClock, urls: config.incidentWebhooks, key: webhookKey(config) },
      ...(sources.bundle ? { bundle: sources.bundle } : {}),
      ...(sources.requestsCopied ? { requestsCopied: sources.requestsCopied } : {}),
      // Doors write them by the machine's clock.
      ...(requests && {
        requests: (from: number, to: number) => requests(from + aheadOf(clock), to + aheadOf(clock)),
      }),
      ...(requestLines && {
        requestLines(one: Incident) {
          const { from, to = from } = one.window;
          return requestLines({ ...one, window: { from: from + aheadOf(clock), to: to + aheadOf(clock) } });
        },
      }),
    }),
  );
  stack.use(
    followProcesses(at.processes, log, 'deaths of processes are missing from incidents', (news) =>
      incidents.process({ ...news, at: news.at - aheadOf(clock) }),
    ),
  );
  const all = stack.move();
  return {
    ...incidents,
    receive(head) {
      if (head.kind === 'rooms') running.clear();
      if (head.kind === 'rooms' || head.kind === 'room-changes')
        for (const { slug, status, welcome } of head.rooms)
          if (isRunning(status) && !welcome) running.add(slug);
          else running.delete(slug);
      incidents.receive(head);
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
