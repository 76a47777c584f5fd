import { countRecordings } from '../archive/index.ts';
import { EarshotError } from '../base/errors.ts';
import { type Config, fromProcess } from '../config/index.ts';
import { paths } from '../role/paths.ts';
import type { RecordingNote } from '../wire/recording.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { givenAddress, serverAddress, signLocally } from './local-server.ts';
import { call } from './room.ts';

const HELP = `earshot recording list           recordings with size and length, and which will be removed
earshot recording remove SLUG    remove the recording of a room that is over; the room's page stays, and says so

  --url URL     the server, such as http://localhost:9000 (default: this machine, at the configured port)
  --token T     a host token (default: signed with the secret of this machine's data folder)
  --data DIR    that data folder, if it is not the configured one
  --json        print the answer as JSON`;

/** Limit of rooms in one answer of the API. */
const MOST_LISTED = 200;

interface Listed {
  readonly slug: string;
  /** Absent for a room that is no longer listed. */
  readonly title?: string;
  readonly recording?: RecordingNote;
}

/** `earshot recording …`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'recording',
    args,
    {
      url: { type: 'string' },
      token: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    2,
  );
  const [verb, slug] = positionals;
  if (values.help || !verb) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const base = givenAddress(values.url) ?? serverAddress(config);
  if (verb === 'list') {
    const answer = await call(`${base}/api/rooms?limit=${MOST_LISTED}`, 'GET');
    const listed = (answer as unknown as { rooms: Listed[] }).rooms.filter(({ recording }) => recording);
    // The disk also knows of rooms that are too old for the list.
    const rooms = values.url ? listed : [...listed, ...(await unlisted(config, listed))];
    console.log(
      values.json ? JSON.stringify({ rooms }) : rooms.map(lineOf).join('\n') || 'nothing is recorded',
    );
    return 0;
  }
  if (verb !== 'remove')
    throw new EarshotError('unprocessable', `there is no "recording ${verb}"; see earshot recording --help`);
  if (!slug) throw new EarshotError('unprocessable', "earshot recording remove needs the room's address");
  const token = values.token ?? (await signLocally(config, slug, 'host', 'Operator'));
  await call(`${base}/api/rooms/${slug}/recording`, 'DELETE', token);
  console.log(values.json ? JSON.stringify({ slug, removed: true }) : `the recording of ${slug} is removed`);
  return 0;
};

/** Recordings in the folder that the server does not list. */
async function unlisted(config: Config, listed: readonly Listed[]): Promise<Listed[]> {
  const known = new Set(listed.map(({ slug }) => slug));
  const counted = await countRecordings(paths(config.data).archive);
  return counted
    .filter(({ slug, removed }) => !known.has(slug) && !removed)
    .map(({ slug, bytes, seconds }) => ({ slug, recording: { bytes, seconds } }));
}

const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** One line of the list. */
export function lineOf({ slug, title, recording }: Listed): string {
  const { bytes = 0, seconds = 0, removedAt, goesAt, goesBy } = recording ?? {};
  const size = `${(bytes / 1e6).toFixed(1)} MB`.padStart(10);
  const length =
    `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')} h`.padStart(9);
  const fate =
    removedAt !== undefined
      ? `  removed ${dayOf(removedAt)}`
      : goesAt !== undefined
        ? `  will be removed ${dayOf(goesAt)}`
        : goesBy === 'quota'
          ? '  will be removed next: the space for recordings is nearly full'
          : '';
  return `${size} ${length}  ${slug.padEnd(32)} ${title ?? '(no longer in the list of rooms)'}${fate}`;
}
