import { afterEach, beforeEach } from 'vitest';
import type { Slug, SpeakerId } from '../src/base/ids.ts';
import { silentLog } from '../src/base/log.ts';
import type { Packet } from '../src/base/media.ts';
import { type Grant, openTokens } from '../src/keys/token.ts';
import { open, type Stage, type StageRoom } from '../src/stage/index.ts';
import { isRtcp, readRtp, writeRtp } from '../src/stage/rtp/rtp.ts';
import { type ManualClock, manualClock } from './clock.ts';
import { type Client, type Line, newSsrc, openClient, until } from './webrtc.ts';

/** The room of these tests. */
export const slug = 'theatre' as Slug;
/** Signs their links. */
export const tokens = openTokens(Buffer.alloc(32, 9));

/** The clock, which moves only when a test moves it. */
export let clock: ManualClock;
/** The stage. */
export let stage: Stage;
/** Its one room. */
export let room: StageRoom;
/** The packets passed to the room. */
export let packets: Packet[];
/** Who joined, left or was muted. */
export let events: string[];
/** All clients that must be closed. */
export let clients: Client[];

/** The room's callbacks. */
export const hooks = {
  packet: (packet: Packet) => void packets.push(packet),
  joined: (id: SpeakerId) => void events.push(`joined ${id}`),
  left: (id: SpeakerId) => void events.push(`left ${id}`),
  muted: (id: SpeakerId, muted: boolean) => void events.push(`${muted ? 'muted' : 'unmuted'} ${id}`),
  removed: (id: SpeakerId) => void events.push(`removed ${id}`),
  banned: () => void events.push('banned'),
  changed: () => undefined,
};

/** Opens a stage with one room before each test of the file, and closes it after. */
export function useTheatre(): void {
  beforeEach(() => reopen());
  afterEach(async () => {
    for (const client of clients) client[Symbol.dispose]();
    await stage[Symbol.asyncDispose]();
  });
}

/** Opens a new, empty stage. */
export async function reopen(maxSpeakers = 12, maxSpeakersOfAll?: number): Promise<void> {
  clock = manualClock();
  packets = [];
  events = [];
  clients = [];
  stage = await open({
    clock,
    log: silentLog,
    tokens,
    udpPort: 0,
    bindAddress: '127.0.0.1',
    iceServers: [{ urls: 'turn:turn.example:3478?transport=udp', username: 'u', credential: 'c"d' }],
    maxSpeakers,
    ...(maxSpeakersOfAll === undefined ? {} : { maxSpeakersOfAll }),
  });
  room = stage.openRoom(slug, hooks);
}

/** A link for a person. */
export const sign = (speaker: string, role: Grant['role'] = 'speaker', at: Slug = slug): Promise<string> =>
  tokens.sign({ slug: at, speaker: speaker as SpeakerId, role, name: speaker.toUpperCase() });

/** Waits a moment, because the stage's side of a handshake ends after the client's. */
export const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30));

/** A connected client. */
export async function connect(path: string, token: string, lines: readonly Line[]): Promise<Client> {
  const client = await openClient(stage.fetch, path, token, lines);
  clients.push(client);
  if (client.response.status !== 201) throw new Error(`${client.response.status} ${client.answer}`);
  await client.connected();
  await settled();
  return client;
}

/** A microphone that sends numbered packets. */
export async function microphone(
  who: string,
  more: Partial<Line> = {},
  query = '',
  role: Grant['role'] = 'speaker',
) {
  const ssrc = newSsrc();
  const client = await connect(`/r/theatre/whip${query}`, await sign(who, role), [
    { mid: '0', direction: 'SendOnly', ssrc, level: true, ...more },
  ]);
  await until(`${who} is on stage`, () => room.people().some((one) => one.id === who && one.connected));
  return {
    client,
    ssrc,
    say(
      sequence: number,
      payload: Uint8Array = Uint8Array.from([0x78, sequence & 255, 7]),
      level = 25,
      from = ssrc,
    ) {
      client.send(
        0,
        writeRtp(
          {
            payloadType: 111,
            marker: false,
            sequence: sequence & 0xffff,
            timestamp: (sequence * 960) >>> 0,
            ssrc: from,
            levelId: 1,
            level,
          },
          payload,
        ),
      );
    },
  };
}

/** A backstage listener with some receiving lines. */
export const ear = async (who: string, slots = 3, more: Partial<Line> = {}): Promise<Client> =>
  connect(
    '/r/theatre/whep',
    await sign(who),
    Array.from({ length: slots }, (_, index) => ({
      mid: String(index),
      direction: 'RecvOnly' as const,
      level: true,
      ...more,
    })),
  );

/** The RTP packets a client got on one line. */
export const heard = (client: Client, line: number) =>
  (client.received[line] ?? []).filter((bytes) => !isRtcp(bytes)).map((bytes) => readRtp(bytes, 1));
/** The first line of an answer that begins with `text`. */
export const lineOf = (client: Client, text: string): string =>
  client.answer.split('\r\n').find((l) => l.startsWith(text)) ?? '';

/** Sends a request to the stage. */
export async function ask(
  method: string,
  path: string,
  token?: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return stage.fetch(
    new Request(`http://stage.test${path}`, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      ...(body === undefined ? {} : { body }),
    }),
  );
}
/** Carries out a backstage action; returns the status of the answer. */
export const act = async (token: string, action: object): Promise<number> =>
  (
    await ask('POST', '/r/theatre/backstage', token, JSON.stringify(action), {
      'content-type': 'application/json',
    })
  ).status;
/** The code of a refusal. */
export const code = async (response: Response): Promise<string> =>
  ((await response.json()) as { code: string }).code;
