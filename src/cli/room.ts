import { EarshotError, ERRORS, type ErrorCode } from '../base/errors.ts';
import { fromProcess } from '../config/index.ts';
import { operatorToken } from '../role/operator-link.ts';
import type { ForecastTold } from '../wire/figures/forecast.ts';
import { type Arguments, readArguments, wholeNumber } from './arguments.ts';
import type { Command } from './command.ts';
import { givenAddress, serverAddress } from './local-server.ts';
import { forecastText, type ListedRoom, roomDetails, roomTable } from './room-table.ts';

const HELP = `earshot room create --title T [--start TIME] [--host NAME] [--slug S]
                   [--access public|unlisted|private] [--password P] [--draft]
                                                   make a room; prints its links
earshot room publish SLUG                          announce a draft; one without a start opens at once
earshot room list                                  rooms that are on, to come, and over: times and listeners
earshot room show SLUG                             one room, with a studio link for you
earshot room forecast SLUG                         how many will come, and how earlier forecasts came out
earshot room set SLUG [--title T] [--start TIME] [--cap N|none]
                                                   change a room; the start only before it opens
earshot room open | live | standby | end SLUG      open it, go live, go back to hold music, end it
earshot room cancel SLUG                           cancel a room that has not been live
earshot room link SLUG [--name N]                  a link for one more speaker
earshot room link SLUG --co-host | --host          a link for a co-host; for a host who has lost theirs
earshot room link SLUG --new                       withdraw every link of the room; prints a new host link
earshot room remove SLUG PERSON                    take one person's link back (their id: room show)
earshot room stop SLUG --reason R                  close stage, stream and replay, with the reason on the page
earshot room resume SLUG                           let a stopped room go on
earshot room release SLUG                          bring a room in quarantine back among the others
earshot room delete SLUG                           remove a room that is over, with its recording

  --access A    who may come: everybody (public, the default), whoever has the address (unlisted), or only
                whoever is let in (private)
  --password P  lets people into a private room; 6 to 200 characters
  --draft       only the room's hosts see it until it is announced
  TIME          such as 2026-12-01T20:00 (the time zone of this machine) or 2026-12-01T20:00:00+01:00
  --url URL     the server, such as http://localhost:9000 (default: this machine, at the configured port)
  --token T     a host link's token, or the operator's (default: the operator's, from this machine's data folder)
  --data DIR    that data folder, if it is not the configured one
  --json        print the answer as JSON`;

const CHANGES = ['open', 'live', 'standby', 'end', 'cancel', 'stop', 'resume', 'release', 'publish'];
const VERBS = ['create', 'list', 'show', 'forecast', 'set', 'link', 'remove', 'delete', ...CHANGES];
/** Lifetime of a token made for one command. */
const TOKEN_SECONDS = 600;

const OPTIONS = {
  title: { type: 'string' },
  start: { type: 'string' },
  slug: { type: 'string' },
  access: { type: 'string' },
  password: { type: 'string' },
  draft: { type: 'boolean', default: false },
  cap: { type: 'string' },
  reason: { type: 'string' },
  name: { type: 'string' },
  host: { type: 'string' },
  'co-host': { type: 'boolean', default: false },
  new: { type: 'boolean', default: false },
  url: { type: 'string' },
  token: { type: 'string' },
  data: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;
/** `--host` names the host of a new room, and takes no value where a link is asked for. */
const LINK_OPTIONS = { ...OPTIONS, host: { type: 'boolean', default: false } } as const;

/** An answer of the API. */
interface Answer extends ListedRoom {
  readonly studio?: string;
  readonly detail?: string;
  readonly code?: string;
  /** The room itself, in the answer to `create`. */
  readonly room?: ListedRoom;
}

/** Sends a request to the server that this command is for. */
type Ask = (method: string, path: string, body?: object) => Promise<Answer>;

/** `earshot room …`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'room',
    args,
    args[0] === 'link' ? LINK_OPTIONS : OPTIONS,
    args[0] === 'remove' ? 3 : 2,
  );
  const [verb, slug, person] = positionals;
  if (values.help || !verb) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  if (!VERBS.includes(verb))
    throw new EarshotError('unprocessable', `there is no "room ${verb}"; see earshot room --help`);
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const base = givenAddress(values.url) ?? serverAddress(config);
  const token = values.token ?? config.operatorKey ?? (await operatorToken(config, TOKEN_SECONDS));
  const ask: Ask = (method, path, body) => call(`${base}${path}`, method, token, body);
  const show = (answer: unknown, text: () => string): number => {
    console.log(values.json ? JSON.stringify(answer) : text());
    return 0;
  };
  if (verb === 'create') {
    const made = await ask('POST', '/api/rooms', wish(values));
    return show(made, () => {
      const draft = values.draft ? `\n  draft    earshot room publish ${made.slug} announces it` : '';
      return `${roomDetails({ ...made, ...made.room })}\n  host     ${made.studio}${draft}`;
    });
  }
  if (verb === 'list') {
    const rooms = await listed(ask);
    return show({ rooms }, () => roomTable(rooms));
  }
  if (!slug) throw new EarshotError('unprocessable', `earshot room ${verb} needs the room's address`);
  const at = `/api/rooms/${encodeURIComponent(slug)}`;
  if (verb === 'show') {
    const room = await ask('GET', at);
    const counted = (await listed(ask)).find((one) => one.slug === room.slug);
    const studio = token === undefined ? undefined : await studioLink(ask, at, room, token);
    return show({ ...room, ...(studio ? { studio } : {}) }, () => {
      const details = roomDetails({
        ...room,
        ...(counted?.streams === undefined || !/^(?:open|live)$/.test(room.status)
          ? {}
          : { streams: counted.streams }),
      });
      return `${details}\n  studio   ${studio ?? 'a host or the operator has it: --token'}`;
    });
  }
  if (verb === 'forecast') {
    const told = (await ask('GET', `${at}/forecast`)) as unknown as ForecastTold;
    return show(told, () => forecastText(told));
  }
  if (verb === 'set') {
    const room = await ask('PATCH', at, changes(values));
    return show(room, () => roomDetails(room));
  }
  if (verb === 'link') return link(ask, at, values, show);
  if (verb === 'remove') {
    if (!person) throw new EarshotError('unprocessable', "earshot room remove needs the person's id");
    await ask('DELETE', `${at}/people/${encodeURIComponent(person)}`);
    return show(
      { slug, removed: person },
      () => `${person} is out of ${slug}, and their link is worth nothing.`,
    );
  }
  if (verb === 'delete') {
    await ask('DELETE', at);
    return show({ slug, deleted: true }, () => `${slug} was removed, with its recording.`);
  }
  if (verb === 'stop' && !values.reason)
    throw new EarshotError(
      'unprocessable',
      'earshot room stop needs --reason: it is shown on the room’s page',
    );
  const room = await ask('POST', `${at}/${verb}`, verb === 'stop' ? { reason: values.reason } : undefined);
  return show(room, () => `${room.slug} is ${room.status}`);
};

type Values = Arguments<typeof OPTIONS>['values'];

/** The body of a request for a new room. */
function wish(values: { [key in keyof Values]: Values[key] | boolean }): object {
  const { title, start, host, slug, access, password, draft } = values;
  if (!title) throw new EarshotError('unprocessable', 'a room needs --title');
  return {
    title,
    ...(start ? { start: instant(String(start)) } : {}),
    ...(typeof host === 'string' ? { host } : {}),
    ...(slug ? { slug } : {}),
    ...(access === undefined ? {} : { access }),
    ...(password === undefined ? {} : { password }),
    ...(draft ? { draft } : {}),
  };
}

/** The body of an edit. */
function changes({ title, start, cap }: { [key in keyof Values]: Values[key] | boolean }): object {
  const body = {
    ...(title === undefined ? {} : { title }),
    ...(start === undefined ? {} : { start: instant(String(start)) }),
    ...(cap === undefined
      ? {}
      : { cap: cap === 'none' ? null : wholeNumber(String(cap), 'cap', 1, 10_000_000) }),
  };
  if (Object.keys(body).length === 0)
    throw new EarshotError('unprocessable', 'earshot room set needs --title, --start or --cap');
  return body;
}

async function link(
  ask: Ask,
  at: string,
  values: { [key in keyof Values]: Values[key] | boolean },
  show: (answer: unknown, text: () => string) => number,
): Promise<number> {
  if (values.new) {
    const made = await ask('POST', `${at}/links/renew`);
    return show(made, () => `Every link of this room was withdrawn. The new host link:\n${made.url}`);
  }
  const role = values.host ? 'host' : values['co-host'] ? 'co-host' : 'speaker';
  const made = await ask('POST', `${at}/invites`, { role, ...(values.name ? { name: values.name } : {}) });
  return show(made, () => String(made.url));
}

/**
 * A studio link with the rights of whoever asks: a new host link for the operator, their own for anyone of the room.
 */
async function studioLink(ask: Ask, at: string, room: Answer, token: string): Promise<string | undefined> {
  try {
    return (await ask('POST', `${at}/invites`, { role: 'host' })).url;
  } catch (error) {
    const own = error instanceof EarshotError && /^(?:operator-only|not-host)$/.test(error.code);
    return own && room.url ? `${room.url}/studio#token=${token}` : undefined;
  }
}

/** All rooms, with the listeners that the doors count. */
async function listed(ask: Ask): Promise<ListedRoom[]> {
  const { rooms } = (await ask('GET', '/api/rooms?limit=200')) as unknown as { rooms: ListedRoom[] };
  const counts = (await ask('GET', '/rooms.json').catch(() => ({ rooms: [] }))) as unknown as {
    rooms: ListedRoom[];
  };
  const streams = new Map(counts.rooms.map((room) => [room.slug, room.streams]));
  return rooms.map((room) => {
    const count = streams.get(room.slug);
    return count === undefined ? room : { ...room, streams: count };
  });
}

/** The instant of a time as people type it; without an offset, in the time zone of this machine. */
function instant(text: string): string {
  const at = Date.parse(text.trim().replace(/^(\d{4}-\d\d-\d\d) (?=\d)/, '$1T'));
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text.trim()) || Number.isNaN(at))
    throw new EarshotError(
      'unprocessable',
      `--start = ${text}: use a time such as 2026-12-01T20:00 or 2026-12-01T20:00:00+01:00`,
    );
  return new Date(at).toISOString();
}

/**
 * Sends a request to the server; a refusal is thrown with the server's own code and text. An empty answer is an empty
 * object.
 */
export async function call(url: string, method: string, token?: string, body?: object): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).catch((cause: unknown) => {
    throw new EarshotError(
      'site-away',
      `no server answers at ${new URL(url).origin}. Is it running? One at another port or machine is named by --url`,
      { cause },
    );
  });
  const text = await response.text();
  const answer = readJson(text) as Answer;
  if (!response.ok)
    throw new EarshotError(
      codeOf(answer.code),
      `${answer.title ?? `the server answered ${response.status}`}${answer.detail ? `: ${answer.detail}` : ''}`,
    );
  return answer;
}

/** The answer may come from another program. */
function readJson(text: string): object {
  try {
    return JSON.parse(text || '{}') as object;
  } catch {
    return {};
  }
}

/** The server's own code where it is one of ours. */
const codeOf = (code = ''): ErrorCode => (Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'bad-request');
