import { EarshotError } from '../base/errors.ts';
import { fromProcess } from '../config/index.ts';
import { operatorToken } from '../role/operator-link.ts';
import type { HostNote } from '../wire/figures/host-note.ts';
import { readArguments, wholeNumber } from './arguments.ts';
import type { Command } from './command.ts';
import { givenAddress, serverAddress } from './local-server.ts';
import { call } from './room.ts';
import { localTime } from './room-table.ts';

const HELP = `earshot note SLUG "TEXT"     writes a note of the host into the evidence log of a room; everybody reads it
earshot note SLUG            lists the notes of a room

A note is never changed or removed. It can be answered, and a later one can take its place; the first stays to be seen.
  --at TIME        the moment that it is about, such as 2026-12-01T20:40+01:00 (now); it is also noted when it was written
  --answers N      answers note N of this room
  --corrects N     takes the place of note N of this room
  --url URL        the server (default: this machine, at the configured port)
  --token T        a host link's token, or the operator's (default: the operator's, from this machine's data folder)
  --data DIR       that data folder, if it is not the configured one
  --json           print the answer as JSON

A note has at most 280 characters, a room 200 notes; six can be written at once, and then one every ten seconds.
Exit code: 0 written or listed, 1 refused, with the reason.`;

/** Lifetime of a token made for one command. */
const TOKEN_SECONDS = 600;

/** `earshot note SLUG [TEXT]`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'note',
    args,
    {
      at: { type: 'string' },
      answers: { type: 'string' },
      corrects: { type: 'string' },
      url: { type: 'string' },
      token: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    2,
  );
  const [slug, text] = positionals;
  if (values.help || slug === undefined) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const base = givenAddress(values.url) ?? serverAddress(config);
  const at = `${base}/api/rooms/${encodeURIComponent(slug)}/notes`;
  if (text === undefined) {
    const { notes } = (await call(at, 'GET')) as unknown as { notes: readonly HostNote[] };
    console.log(values.json ? JSON.stringify({ notes }) : noteList(notes));
    return 0;
  }
  const number = (name: 'answers' | 'corrects'): object => {
    const given = values[name];
    return given === undefined ? {} : { [name]: wholeNumber(given, name, 1, Number.MAX_SAFE_INTEGER) };
  };
  const token = values.token ?? config.operatorKey ?? (await operatorToken(config, TOKEN_SECONDS));
  const note = (await call(at, 'POST', token, {
    text,
    ...(values.at === undefined ? {} : { at: momentOf(values.at) }),
    ...number('answers'),
    ...number('corrects'),
  })) as unknown as HostNote;
  console.log(
    values.json
      ? JSON.stringify(note)
      : `Note ${note.seq} is written: entry ${note.entry} of the evidence log.`,
  );
  return 0;
};

function momentOf(text: string): string {
  const at = Date.parse(text.trim());
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text.trim()) || Number.isNaN(at))
    throw new EarshotError(
      'unprocessable',
      `--at = ${text}: use a time such as 2026-12-01T20:40 or 2026-12-01T20:40:00+01:00`,
    );
  return new Date(at).toISOString();
}

/** The notes of a room for a person at a terminal, by the moments that they are about. */
export function noteList(notes: readonly HostNote[]): string {
  if (notes.length === 0) return 'Nobody has written a note in this room.';
  const line = ({ seq, at, written, author, text, answers, corrects }: HostNote): string => {
    const about = [
      answers === undefined ? '' : `answers ${answers}`,
      corrects === undefined ? '' : `takes the place of ${corrects}`,
      written - at > 60_000 ? `written ${localTime(written)}` : '',
    ];
    return `${String(seq).padStart(5)}  ${localTime(at)}  ${author}: ${text}${about.some(Boolean) ? ` (${about.filter(Boolean).join(', ')})` : ''}`;
  };
  return [...notes]
    .sort((a, b) => a.at - b.at)
    .map(line)
    .join('\n');
}
