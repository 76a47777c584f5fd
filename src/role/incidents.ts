import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import type { Config } from '../config/index.ts';
import {
  type Incidents,
  type IncidentsDeps,
  open as openIncidents,
  type ProcessNews,
} from '../incident/index.ts';
import { readEntries } from '../journal/index.ts';
import { isRunning } from '../wire/room.ts';
import { paths } from './paths.ts';
import { openStatements, type StatementsDeps } from './tally/statements.ts';

const BUILD = fileURLToPath(new URL('../../dist', import.meta.url));
const LOOK = ms(1_000);
/** What is read at once of the journal of processes. */
const MOST_BYTES = 64 * 1024;
/** Deaths of the last minute are news to a process that has just started: one of them may be its own. */
const NEWS_MS = 60_000;

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

/** The lines of a file from `from` on, as far as they are whole; and where the next ones begin. */
async function linesFrom(path: string, from: number, to: number): Promise<{ text: string; next: number }> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
    const end = buffer.subarray(0, bytesRead).lastIndexOf(10) + 1;
    return { text: buffer.toString('utf8', 0, end), next: from + end };
  } finally {
    await file.close();
  }
}

/** Tells what the supervisor writes down of processes, from the last minute on. */
function followProcesses(path: string, log: Log, tell: (news: ProcessNews) => void): Disposable {
  let next: number | undefined;
  let busy = false;
  const look = async (): Promise<void> => {
    const size = await sizeOf(path);
    // The file has become the older part, and a new one has begun.
    if (next === undefined || size < next) next = Math.max(0, next === undefined ? size - MOST_BYTES : 0);
    if (size === next) return;
    const { text, next: then } = await linesFrom(path, next, Math.min(size, next + MOST_BYTES));
    next = then;
    for (const news of readEntries<ProcessNews>(text))
      if ((news.event === 'died' || news.event === 'restarted') && news.at > systemClock.wall() - NEWS_MS)
        tell(news);
  };
  return systemClock.every(LOOK, () => {
    if (busy) return;
    busy = true;
    look()
      .catch((error: unknown) =>
        log.warn(
          { error: String(error) },
          'the journal of processes could not be read: deaths of processes are missing from incidents',
        ),
      )
      .finally(() => {
        busy = false;
      });
  });
}

/** The style of the pages about incidents, and the font that it names: copied beside them, so that they need nobody. */
async function pageStyle(): Promise<ReadonlyMap<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  const text = await readFile(join(BUILD, '.vite', 'manifest.json'), 'utf8').catch(() => '{}');
  const manifest = JSON.parse(text) as Readonly<Record<string, { readonly file: string }>>;
  let style = '';
  for (const source of ['web/kit/style.css', 'web/kit/incidents.css']) {
    const file = manifest[source]?.file;
    if (file !== undefined) style += `${await readFile(join(BUILD, file), 'utf8')}\n`;
  }
  for (const [, name = ''] of style.matchAll(/\/_\/([\w.-]+\.woff2)/g))
    files.set(name, await readFile(join(BUILD, name)));
  files.set('style.css', Buffer.from(style.replaceAll('/_/', '')));
  return files;
}

/** Opens the incidents of this installation, and tells them what happens to its processes. */
export async function openServerIncidents(
  config: Config,
  log: Log,
  sources: Pick<IncidentsDeps, 'bundle'> & Pick<StatementsDeps, 'notesOf'>,
): Promise<Incidents> {
  const at = paths(config.data);
  const running = new Set<string>();
  const statements = openStatements({
    ...{ claims: at.claims, running: () => running, notesOf: sources.notesOf },
  });
  await using stack = new AsyncDisposableStack();
  const incidents = stack.use(
    await openIncidents({
      ...{ clock: systemClock, log, path: at.incidents, folder: at.press, base: config.publicUrl },
      ...{ style: pageStyle, statements },
      ...(sources.bundle ? { bundle: sources.bundle } : {}),
    }),
  );
  stack.use(followProcesses(at.processes, log, (news) => incidents.process(news)));
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
