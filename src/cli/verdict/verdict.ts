import { writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { EarshotError } from '../../base/errors.ts';
import { type Verdict, verdictPage } from '../../verdict/index.ts';
import { readArguments, wholeNumber } from '../arguments.ts';
import type { Command } from '../command.ts';
import { incidentInWords, verdictOfFile } from './incident-bundle.ts';

const HELP = `earshot verdict LOG…        says what access logs support: a crowd, an attack, both, a fault of one's own, or nothing
earshot verdict -           the same from the standard input
earshot verdict BUNDLE      works out again what a server said of an incident (/incidents/ID/requests.jsonl)

Reads the logs of any web server: common and combined (nginx, Apache, with a virtual host or durations), JSON lines
(Caddy, Traefik, nginx), HAProxy's httplog, W3C extended (IIS, CloudFront), AWS load balancers, and tables (CSV) of
counts per interval; gzip and Zstandard too. The format of each file is recognised by itself. Nothing is sent anywhere.
  --format TEXT    the log has another format: what stands in log_format (nginx) or LogFormat (Apache)
  --html FILE      also writes a page with plots, without scripts
  --clients N      clients listed in the JSON, the most costly first (1000; all attackers up to ten times as many)
  --json           print the answer as JSON

Exit code: 0 there is an answer, also when it is UNDETERMINED; 2 nothing could be read.`;

const PROGRESS_MS = 200;
const SHOWN = 10;
/** Arguments beside options: as many logs as a shell can name. */
const MOST_FILES = 10_000;

/** `earshot verdict LOG…`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'verdict',
    // A bare dash is the standard input and no option.
    args.map((arg) => (arg === '-' ? STDIN : arg)),
    {
      html: { type: 'string' },
      format: { type: 'string' },
      clients: { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    MOST_FILES,
  );
  if (values.help || positionals.length === 0) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const listed = wholeNumber(values.clients, 'clients', 0, 1_000_000);
  const paths = positionals.map((path) => (path === STDIN ? '-' : path));
  const [bundle] = paths;
  const again = paths.length === 1 && bundle !== undefined ? await verdictOfFile(bundle) : undefined;
  if (again !== undefined) {
    process.stdout.write(values.json ? again : incidentInWords(again));
    return 0;
  }
  const { files, found } = await inThread(paths, listed, values.format);
  if (!found) {
    for (const { name, example } of files)
      console.error(
        `earshot: ${name} has no line of ${values.format === undefined ? 'a known format' : 'the described format'}${example ? `, such as: ${example}` : ''}`,
      );
    if (values.format === undefined)
      console.error(
        'earshot: --format TEXT describes another one, as log_format (nginx) or LogFormat (Apache) does',
      );
    return 2;
  }
  if (values.html !== undefined) writePage(values.html, found);
  console.log(values.json ? JSON.stringify(found) : inWords(found));
  return 0;
};

const STDIN = '\0stdin';

/** Reads in a thread, so that its memory is bounded: what lives for a line only may take 24 MB, whatever the machine has. */
async function inThread(
  paths: readonly string[],
  listed: number,
  description: string | undefined,
): Promise<{ readonly files: Verdict['log']['files']; readonly found?: Verdict }> {
  const bar = progressBar(await sizeOf(paths));
  const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), {
    workerData: { paths, listed, description },
    resourceLimits: { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 512 },
  });
  try {
    return await new Promise((resolve, reject) => {
      worker.on(
        'message',
        (said: { read?: number; refused?: string; files: Verdict['log']['files']; found?: Verdict }) => {
          if (said.read !== undefined) bar.add(said.read);
          else if (said.refused !== undefined) reject(new EarshotError('unprocessable', said.refused));
          else resolve(said);
        },
      );
      worker.on('error', reject);
    });
  } finally {
    bar.end();
    await worker.terminate();
  }
}

function writePage(path: string, found: Verdict): void {
  try {
    writeFileSync(path, verdictPage(found));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new EarshotError('unprocessable', `--html = ${path}: it cannot be written (${code ?? message})`);
  }
}

/** Bytes of all files; undefined when one has no size. */
async function sizeOf(paths: readonly string[]): Promise<number | undefined> {
  let sum = 0;
  for (const path of paths) {
    const about = path === '-' ? undefined : await stat(path).catch(() => undefined);
    if (!about?.isFile()) return undefined;
    sum += about.size;
  }
  return sum;
}

/** A line on the terminal that says how much was read; nothing when the errors go elsewhere. */
function progressBar(total: number | undefined): { add(bytes: number): void; end(): void } {
  let read = 0;
  let shown = 0;
  const tty = process.stderr.isTTY;
  return {
    add(bytes) {
      read += bytes;
      if (!tty || Date.now() - shown < PROGRESS_MS) return;
      shown = Date.now();
      const done = total ? Math.min(1, read / total) : 0;
      const bar = total
        ? `[${'#'.repeat(Math.round(done * 30)).padEnd(30)}] ${Math.round(done * 100)} %`
        : 'reading';
      process.stderr.write(`\r${bar} ${(read / 1e6).toFixed(0)} MB\x1b[K`);
    },
    end() {
      if (tty) process.stderr.write('\r\x1b[K');
    },
  };
}

/** What goes to a terminal must not move its cursor. */
const printable = (text: string): string => text.replace(/[^\x20-\x7e\u00a0-\uffff]/g, '?');

/** The answer as text: five sentences, then what they rest on. */
function inWords(found: Verdict): string {
  const lines = [...found.sentences, ''];
  if (found.families.length > 0) lines.push('Families of features:');
  for (const { name, says, weight, detail } of found.families)
    lines.push(`  ${name.padEnd(11)} ${says.padEnd(7)} ${weight.toFixed(2)}  ${detail}`);
  const costly = found.clients.slice(0, SHOWN);
  if (costly.length > 0) lines.push('', 'Clients by cost:');
  for (const { key, class: is, cost, requests, why } of costly)
    lines.push(
      `  ${is.padEnd(14)} ${String(cost).padStart(10)} units ${String(requests).padStart(8)} requests  ${key.slice(0, 60)}: ${why}`,
    );
  if (found.unknown.length > 0) lines.push('', 'What this log cannot tell:');
  for (const what of found.unknown) lines.push(`  ${what}`);
  lines.push('', 'Read:');
  for (const { name, format, lines: count, unread, example } of found.log.files)
    lines.push(
      `  ${name}: ${format}, ${count.toLocaleString('en')} lines${unread > 0 ? `, ${unread.toLocaleString('en')} not readable, such as: ${example}` : ''}`,
    );
  return lines.map(printable).join('\n');
}
