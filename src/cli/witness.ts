import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { EarshotError } from '../base/errors.ts';
import {
  COSIGNATURE,
  diskFiles,
  keyFromSeed,
  lookAt,
  type Seen,
  type Signer,
  sendCosignature,
  signerOf,
  type WitnessState,
} from '../evidence/index.ts';
import { milliseconds, readArguments } from './arguments.ts';
import type { Command } from './command.ts';

const HELP = `earshot witness URL [--key FILE] [--state FILE] [--every 10s] [--once] [--json]

Looks at the evidence log of a server again and again: each signed head must continue the one before it. Remembers the
newest, signs it as well, and sends the signature to the server, which publishes it. Run it anywhere but on that server.
If the log shows two histories, it prints both signed heads, which prove it to anybody, and ends.

  --key FILE     this witness's private key; made when it is missing (default: witness.key)
  --name NAME    its name, if the key is made now: an address of yours without https:// (default: the name of this machine)
  --state FILE   what was seen so far (default: witness.json)
  --log-key KEY  the log's verifier key, if you know it from elsewhere; otherwise the first look believes the server
  --every 10s    time between two looks
  --once         look once, and end
  --json         print each look as one line of JSON

Exit code: 0 everything continues what was seen before, 1 the log shows two histories, 2 it cannot be read (with --once),
or the arguments mean nothing.`;

const SEED_BYTES = 32;

/** The key in a file, with its name in the first line. @throws EarshotError `unprocessable`. */
async function readKey(path: string, name: string): Promise<Signer> {
  if (!existsSync(path)) {
    const text = `${name}\n${randomBytes(SEED_BYTES).toString('base64')}\n`;
    await diskFiles.replace(path, text, 0o600);
  }
  const [named = '', seed = ''] = String(await diskFiles.readWhole(path)).split('\n');
  try {
    return signerOf(named, COSIGNATURE, keyFromSeed(Buffer.from(seed, 'base64')));
  } catch {
    throw new EarshotError(
      'unprocessable',
      `--key ${path}: this is no key of a witness, or its name is none`,
    );
  }
}

/** @throws EarshotError `unprocessable` when the file holds something else. */
async function readState(path: string): Promise<WitnessState | undefined> {
  const bytes = await diskFiles.readWhole(path);
  if (bytes === undefined) return undefined;
  try {
    const state = JSON.parse(bytes.toString()) as WitnessState;
    if (typeof state.note === 'string' && Array.isArray(state.keys) && Number.isSafeInteger(state.size))
      return state;
  } catch {
    // Told below.
  }
  // Beginning anew would make a fork invisible.
  throw new EarshotError(
    'unprocessable',
    `--state ${path}: this is nothing that a witness has written. Restore it, or remove it to begin anew`,
  );
}

/** The address of the log that URL names: of a server, or of its log. */
function logAddress(url: string): string {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new EarshotError('unprocessable', `"${url}" is not an address such as https://rooms.example.org`);
  const bare = url.replace(/\/+$/, '');
  return bare.endsWith('/evidence') ? bare : `${bare}/evidence`;
}

/** What a look has shown, for a person. */
export function inWords(seen: Seen, before: number | undefined): string {
  switch (seen.what) {
    case 'first':
      return `${seen.state.size} entries: the first look at ${seen.state.origin}\n  its key: ${seen.state.keys.at(-1)}\n  compare it with the one that the operator publishes elsewhere`;
    case 'grown':
      return `${seen.state.size} entries: they continue the ${before ?? 0} seen before`;
    case 'same':
      return `${seen.state.size} entries, as before`;
    case 'older':
      return seen.checked
        ? `${seen.size} entries: an older head than the one seen before, and a part of it`
        : `${seen.size} entries: an older head than the one seen before, and the server does not show what is needed to compare them`;
    case 'fork':
      return `THE LOG SHOWS TWO HISTORIES. Both heads are signed by it, and one does not continue the other.\nKeep both, and publish them:\n\n${seen.known}\n\n${seen.shown}`;
    case 'unreadable':
      return `nothing can be said: ${seen.why}`;
  }
}

/** `earshot witness URL`. */
export const command: Command = async (args) => {
  try {
    return await watch(args);
  } catch (error) {
    if (!(error instanceof EarshotError)) throw error;
    // 1 means something else here.
    console.error(`earshot: ${error.message} [${error.code}]`);
    return 2;
  }
};

async function watch(args: readonly string[]): Promise<number> {
  const { values, positionals } = readArguments(
    'witness',
    args,
    {
      key: { type: 'string', default: 'witness.key' },
      name: { type: 'string', default: hostname() },
      state: { type: 'string', default: 'witness.json' },
      'log-key': { type: 'string' },
      every: { type: 'string', default: '10s' },
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    1,
  );
  const [url] = positionals;
  if (values.help || url === undefined) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const log = logAddress(url);
  const every = Math.max(1_000, milliseconds(values.every, 'every'));
  const signer = await readKey(values.key, values.name);
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  if (!values.json) console.log(`witness ${signer.written}`);
  const trusted = values['log-key'] === undefined ? {} : { trusted: values['log-key'] };
  let state = await readState(values.state);
  let sent = -1;
  for (;;) {
    const before = state?.size;
    const seen = await lookAt({ log, fetch, state, ...trusted });
    let refused: string | undefined;
    if (seen.what === 'first' || seen.what === 'grown' || seen.what === 'same') {
      // What is signed must be remembered, whatever happens next.
      if (seen.what !== 'same' || !state || seen.state.keys.length > state.keys.length)
        await diskFiles.replace(values.state, `${JSON.stringify(seen.state)}\n`);
      ({ state } = seen);
      if (sent !== state.size) refused = await sendCosignature({ log, fetch }, state, signer, seconds());
      if (refused === undefined) sent = state.size;
    }
    tell(seen, before, refused, values.json);
    if (seen.what === 'fork') return 1;
    if (values.once) return seen.what === 'unreadable' ? 2 : 0;
    await sleep(every, undefined, { signal: stop.signal }).catch(() => undefined);
    if (stop.signal.aborted) return 0;
  }
}

const seconds = (): number => Math.floor(Date.now() / 1000);

function tell(seen: Seen, before: number | undefined, refused: string | undefined, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ at: Date.now(), ...seen, ...(refused ? { refused } : {}) }));
    return;
  }
  if (seen.what === 'same' && refused === undefined) return;
  const said = `${new Date().toISOString()} ${inWords(seen, before)}`;
  console.log(
    refused === undefined ? said : `${said}\n  the server did not take the cosignature: ${refused}`,
  );
}
