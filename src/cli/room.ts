import { EarshotError, ERRORS, type ErrorCode } from '../base/errors.ts';
import { fromProcess } from '../config/index.ts';
import { readArguments } from './arguments.ts';
import type { Command } from './index.ts';
import { givenAddress, serverAddress, signLocally } from './local-server.ts';

const HELP = `earshot room create --title T [--start ISO] [--host NAME] [--slug S]   make a room; prints its links
earshot room list | show SLUG                                           what is on, what comes
earshot room open | live | standby | end | cancel SLUG                  change what a room does

  --url URL     the server, such as http://localhost:9000 (default: this machine, at the configured port)
  --token T     a host token (default: signed with the secret of this machine's data folder)
  --data DIR    that data folder, when it is not the configured one
  --json        the answer as JSON`;

const CHANGES = ['open', 'live', 'standby', 'end', 'cancel'];

interface RoomAnswer {
  readonly slug: string;
  readonly title: string;
  readonly status: string;
  readonly url?: string;
  readonly studio?: string;
  readonly detail?: string;
  readonly code?: string;
  /** The room itself, in the answer to `create`. */
  readonly room?: { readonly title: string };
}

/** `earshot room …`. */
export const command: Command = async (args) => {
  const { values, positionals } = readArguments(
    'room',
    args,
    {
      title: { type: 'string' },
      start: { type: 'string' },
      host: { type: 'string' },
      slug: { type: 'string' },
      url: { type: 'string' },
      token: { type: 'string' },
      data: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
    2,
  );
  const [verb, slug] = positionals;
  const config = fromProcess(values.data ? ['--data', values.data] : []);
  const base = givenAddress(values.url) ?? serverAddress(config);
  const show = (answer: unknown, text: () => string): number => {
    console.log(values.json ? JSON.stringify(answer) : text());
    return 0;
  };
  if (values.help || !verb) {
    console.log(HELP);
    return values.help ? 0 : 2;
  }
  if (verb === 'create') {
    if (!values.title) throw new EarshotError('unprocessable', 'a room needs --title');
    const { title, start, host } = values;
    const body = {
      title,
      ...(start ? { start } : {}),
      ...(host ? { host } : {}),
      ...(values.slug ? { slug: values.slug } : {}),
    };
    const bearer = values.token ?? config.operatorKey;
    const room = await call(`${base}/api/rooms`, 'POST', bearer, body);
    return show(room, () => `${room.room?.title}\n  listen  ${room.url}\n  host    ${room.studio}`);
  }
  if (verb === 'list') {
    const answer = await call(`${base}/api/rooms`, 'GET');
    const rooms = (answer as unknown as { rooms: RoomAnswer[] }).rooms;
    return show(answer, () =>
      rooms.map((r) => `${r.status.padEnd(10)} ${r.slug.padEnd(32)} ${r.title}`).join('\n'),
    );
  }
  if (verb !== 'show' && !CHANGES.includes(verb))
    throw new EarshotError('unprocessable', `there is no "room ${verb}"; see earshot room --help`);
  if (!slug) throw new EarshotError('unprocessable', `earshot room ${verb} needs the room's address`);
  if (verb === 'show') {
    const room = await call(`${base}/api/rooms/${slug}`, 'GET');
    return show(room, () => JSON.stringify(room, null, 2));
  }
  const token = values.token ?? (await signLocally(config, slug, 'host', 'Operator'));
  const room = await call(`${base}/api/rooms/${slug}/${verb}`, 'POST', token);
  return show(room, () => `${room.slug} is ${room.status}`);
};

async function call(url: string, method: string, token?: string, body?: object): Promise<RoomAnswer> {
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
  const answer = (await response.json()) as RoomAnswer;
  if (!response.ok)
    throw new EarshotError(
      codeOf(answer.code),
      `${answer.title}${answer.detail ? `: ${answer.detail}` : ''}`,
    );
  return answer;
}

/** The server's own code where it is one of ours: what answers may be another program. */
const codeOf = (code = ''): ErrorCode => (Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'bad-request');
