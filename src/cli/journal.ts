import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { EarshotError } from '../base/errors.ts';
import { fromProcess } from '../config/index.ts';
import {
  type ChainEnd,
  canonical,
  checkHead,
  headOf,
  type Json,
  olderPart,
  type Verified,
  verify,
} from '../journal/index.ts';
import { readSecret } from '../keys/secret.ts';
import { signingKeyFor } from '../keys/signing-keys.ts';
import { paths } from '../role/paths.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';

const HELP = `earshot journal verify [FILE...]            checks that no entry of a journal was changed, removed or added since it was written
                                            (default: every journal of the data folder)
earshot journal head FILE                   prints where a journal stands now, signed with this installation's key; keep it elsewhere
earshot journal verify FILE --head HEAD     checks that everything up to that head is still there, unchanged

  --data DIR    the data folder, if it is not the configured one
  --json        print the answer as JSON

Exit code: 0 everything holds, 1 something does not, 2 a file cannot be read.`;

/** One file and the result of checking it; `error` when it cannot be read. */
export interface Looked {
  readonly path: string;
  readonly found?: Verified;
  readonly error?: string;
}

/** `earshot journal verify` and `earshot journal head`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'journal',
    args,
    {
      head: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    1_000,
  );
  const [verb, ...files] = positionals;
  if (values.help || !verb) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const dataFolder = (): string => fromProcess(values.data ? ['--data', values.data] : []).data;
  if (verb === 'head') {
    const [path, more] = files;
    if (path === undefined || more !== undefined)
      throw new EarshotError('unprocessable', 'earshot journal head needs the path of one journal');
    const { found, error } = await look(path);
    if (!found) return tell([{ path, error: error ?? 'it cannot be read' }], values.json);
    if (!found.holds) return tell([{ path, found }], values.json);
    const key = signingKeyFor(readSecret(paths(dataFolder()).secret), 'journal heads');
    console.log(canonical(headOf(found, basename(path), Date.now(), key) as unknown as Json));
    return 0;
  }
  if (verb !== 'verify')
    throw new EarshotError('unprocessable', `there is no "journal ${verb}"; see earshot journal --help`);
  if (values.head === undefined) {
    const all = files.length > 0 ? files : await journalsIn(dataFolder());
    return tell(await Promise.all(all.map((path) => look(path))), values.json);
  }
  const [path, more] = files;
  if (path === undefined || more !== undefined)
    throw new EarshotError(
      'unprocessable',
      'with --head, earshot journal verify needs the path of one journal',
    );
  const head = checkHead(await readFile(values.head, 'utf8').catch(() => ''));
  if (!head.good) {
    console.error(`earshot: the head ${values.head} cannot be used: ${head.why}`);
    return 2;
  }
  const code = tell([await look(path, head.body.chains)], values.json);
  if (!values.json)
    console.log(
      `the head was signed on ${new Date(head.body.at).toISOString()} with the key ${head.key}: compare it with the one that you know`,
    );
  return code;
};

/** Checks one file, together with its older part if there is one. */
export async function look(path: string, expected: readonly ChainEnd[] = []): Promise<Looked> {
  try {
    const older = await readFile(olderPart(path), 'utf8').catch(() => '');
    return { path, found: verify(await readFile(path, 'utf8'), older, expected) };
  } catch (error) {
    return { path, error: (error as NodeJS.ErrnoException).code ?? String(error) };
  }
}

/** Every journal in a data folder: of processes, of incidents, of the ladder, of queues and of recordings. */
export async function journalsIn(data: string): Promise<string[]> {
  const at = paths(data);
  const names = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
  const list = (folder: string, wanted: readonly string[]): string[] =>
    wanted
      .filter((name) => name.endsWith('.jsonl') && !name.endsWith('.old.jsonl'))
      .map((name) => join(folder, name));
  const found = [
    ...list(
      at.root,
      (await names(at.root)).filter((name) =>
        [at.processes, at.incidents].map((path) => basename(path)).includes(name),
      ),
    ),
    ...list(at.ladder, await names(at.ladder)),
    ...list(at.queue, await names(at.queue)),
  ];
  for (const room of await names(at.archive)) {
    const folder = join(at.archive, room);
    found.push(...list(folder, await names(folder)));
  }
  return found;
}

function tell(all: readonly Looked[], json: boolean): number {
  if (json)
    console.log(JSON.stringify({ journals: all.map(({ found, ...rest }) => ({ ...rest, ...found })) }));
  else console.log(all.map(inWords).join('\n') || 'there is no journal yet');
  if (all.some(({ found }) => !found)) return 2;
  return all.every(({ found }) => found?.holds) ? 0 : 1;
}

/** The result for one journal, in words. */
export function inWords({ path, found, error }: Looked): string {
  if (!found) return `✗ ${path}: cannot be read (${error})`;
  const { holds, entries, older, dropped, findings, notes } = found;
  const lines = [
    holds
      ? `✓ ${path}: ${entries} ${entries === 1 ? 'entry' : 'entries'}, each follows the one before it`
      : `✗ ${path}: this journal was changed or has lost entries`,
    ...findings.map((finding) => `    ${finding}`),
    ...notes.map((note) => `    (${note})`),
  ];
  if (older > 0)
    lines.push(
      `    (${older} ${older === 1 ? 'line is' : 'lines are'} from an older version, which wrote no chain)`,
    );
  if (dropped > 0)
    lines.push(`    (${dropped} more could not be written at the time: the disk was full or too slow)`);
  return lines.join('\n');
}
