import { openAsBlob } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { EarshotError } from '../../base/errors.ts';
import { VERIFIER_PATH, verifier, verifierHash } from '../../verifier/index.ts';
import { noteInFeed } from '../../wire/evidence/syndicated-head.ts';
import type { Verification, VerificationFinding } from '../../wire/evidence/verification.ts';
import { readArguments } from '../arguments.ts';
import type { Command } from '../command.ts';
import { changedRequests } from './signed-requests.ts';

const HELP = `earshot verify BUNDLE                checks a bundle of audience figures: hashes, proofs, signatures, and the sums
earshot verify --self                prints the SHA-256 of the one file that does it, and where that file is

  --checkpoint FILE    also compares a checkpoint that was kept elsewhere, or a feed that holds one: finds a cut tail and
                       a second history
  --key KEY            the log's verifier key, where you know it from elsewhere
  --requests FILE      also looks whether the requests of an incident (/incidents/ID/requests.jsonl) are those that the
                       log of the room names
  --json               print the answer as JSON

Exit code: 0 everything holds, 1 something does not, 2 the file cannot be read or judged.`;

/** What a right signature leaves open. */
const LIMITS = `What this does not prove: that the figures were true when they were written. A signature says that nothing was changed
later. Whoever runs the log could have written invented listeners from the start; what was sent (s) beside what was
proven by players (c) is the only bound. Compare the key and a checkpoint with what others have kept.`;

/** What does not come from a disk is held in memory as a whole. */
const MOST_PIPED = 64_000_000;
const MOST_CHECKPOINT = 1_000_000;
const SHOWN = 40;
/** Between two lines about the progress. */
const PROGRESS_MS = 500;

/** `earshot verify`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'verify',
    args,
    {
      checkpoint: { type: 'string' },
      key: { type: 'string' },
      requests: { type: 'string' },
      self: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    1,
  );
  const [path] = positionals;
  if (values.help || (path === undefined && !values.self)) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  if (path === undefined) {
    const sha256 = await verifierHash();
    console.log(
      values.json ? JSON.stringify({ file: VERIFIER_PATH, sha256 }) : `${sha256}  ${VERIFIER_PATH}`,
    );
    return 0;
  }
  let found: Verification;
  try {
    const file = await opened(path);
    const seen = values.checkpoint === undefined ? undefined : await readNote(values.checkpoint);
    found = await verifier.verify(file, { seen, key: values.key, progress: progressOf(values.json) });
    const changed =
      values.requests === undefined || !found.ok ? undefined : await changedRequests(path, values.requests);
    if (changed) found = { ...found, ok: false, findings: [changed] };
  } catch (error) {
    found = unread(error as Error);
  }
  console.log(values.json ? JSON.stringify(found) : inWords(found));
  return found.unreadable ? 2 : found.ok ? 0 : 1;
};

/** The file as something that can be read piece by piece. */
async function opened(path: string): Promise<Blob> {
  const about = await stat(path);
  if (about.isFile()) return openAsBlob(path);
  if (about.isDirectory()) throw new EarshotError('unprocessable', `${path} is a folder`);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const { createReadStream } = await import('node:fs');
  for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
    pieces.push(Uint8Array.from(piece));
    size += piece.length;
    if (size > MOST_PIPED)
      throw new EarshotError(
        'too-large',
        `more than ${MOST_PIPED / 1e6} MB through a pipe: save it as a file first`,
      );
  }
  return new Blob(pieces);
}

async function readNote(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size > MOST_CHECKPOINT) throw new EarshotError('too-large', `${path} is too large for a checkpoint`);
  return noteInFeed(await readFile(path, 'utf8'));
}

const unread = ({ message }: Error): Verification => ({
  ...{ ok: false, unreadable: true, room: null, entries: 0, checkpoint: null, notes: [] },
  findings: [{ code: 'unreadable', values: {}, reason: `The file cannot be read: ${message}.` }],
});

/** Tells a person at a terminal how far it is. */
function progressOf(json: boolean): (done: number, all: number) => void {
  let next = performance.now() + PROGRESS_MS;
  return (done, all) => {
    if (json || !process.stderr.isTTY) return;
    const now = performance.now();
    if (now >= next && done < all) process.stderr.write(`\r${Math.floor((done / all) * 100)} %`);
    else if (done === all) process.stderr.write('\r     \r');
    if (now >= next) next = now + PROGRESS_MS;
  };
}

const place = ({ leaf, line }: VerificationFinding): string =>
  leaf !== undefined ? `entry ${leaf}: ` : line !== undefined ? `line ${line}: ` : '';
const minuteOf = (minute: number): string =>
  `${new Date(minute * 60_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

/** The answer for a person. Nothing of the file is printed that could move the cursor. */
export function inWords(found: Verification): string {
  const {
    ok,
    unreadable,
    room,
    title,
    entries,
    minutes,
    checkpoint,
    keys = [],
    witnesses = {},
    findings,
    notes,
  } = found;
  const rest = findings.length - SHOWN;
  const told = [
    unreadable ? '✗ This cannot be judged.' : ok ? '✓ Everything holds.' : '✗ This does not hold.',
    ...findings.slice(0, SHOWN).map((each) => `    ${place(each)}${each.reason}`),
    ...(rest > 0 ? [`    and ${rest} more`] : []),
  ];
  if (unreadable) return told.join('\n').replace(CONTROLS, '�');
  const cosigned = Object.entries(witnesses).map(
    ([name, { size, time }]) => `    ${name} saw ${size} entries on ${new Date(time * 1000).toISOString()}`,
  );
  return [
    ...told,
    ...notes.map(({ reason }) => `    (${reason})`),
    `  room ${room}: ${title}`,
    `  ${entries} entries${minutes ? `, figures from ${minuteOf(minutes.first)} to ${minuteOf(minutes.last)}` : ''}`,
    ...(checkpoint ? [`  checkpoint of ${checkpoint.size} entries, root ${checkpoint.root}`] : []),
    ...keys.map((key) => `  key ${key}`),
    ...(cosigned.length > 0 ? ['  witnesses:', ...cosigned] : ['  no witness has cosigned it']),
    LIMITS,
  ]
    .join('\n')
    .replace(CONTROLS, '�');
}

const CONTROLS = /[^\P{Cc}\n]/gu;
