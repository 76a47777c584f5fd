import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { paths } from '../../src/role/paths.ts';
import { OPERATOR_KEY, QUESTION_ROOMS, questionSocket } from './killable-site.ts';

/** A request that was answered with success. */
export interface Written {
  readonly socket: string;
  readonly method: string;
  readonly path: string;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
  readonly answer: Record<string, unknown>;
  readonly replayed: boolean;
}
type Sent = Omit<Written, 'answer' | 'replayed'>;

/** Sends one request; rejects when there is no whole answer. */
export function send({ socket, method, path, body, headers }: Sent): Promise<{
  status: number;
  text: string;
  replayed: boolean;
}> {
  return new Promise((resolve, reject) => {
    const all = { host: 'x.example', 'content-type': 'application/json', ...headers };
    const call = request({ socketPath: socket, method, path, headers: all, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject).on('end', () => {
        const { statusCode: status = 0, headers: said } = answer;
        resolve({
          ...{ status, text: Buffer.concat(chunks).toString() },
          replayed: said['idempotency-replayed'] === 'true',
        });
      });
    });
    call.on('error', reject).end(JSON.stringify(body));
  });
}

/** Without an answer, or while the first is still being done, a client sends the same again. */
export async function insist(one: Sent, stop: AbortSignal | undefined): Promise<Written | undefined> {
  while (!stop?.aborted) {
    const answer = await send(one).catch(() => undefined);
    if (answer && answer.status < 300)
      return {
        ...{ ...one, replayed: answer.replayed },
        answer: answer.text === '' ? {} : (JSON.parse(answer.text) as Record<string, unknown>),
      };
    if (answer && ![409, 429, 503].includes(answer.status))
      throw new Error(`${one.method} ${one.path}: ${answer.status} ${answer.text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return undefined;
}

/** What one client has written of one room, in this order. */
export const STEPS = ['room', 'title', 'settings', 'report', 'question'] as const;

/** The writes of a load; `done` is called after each that was answered. */
export interface LoadOrder {
  readonly data: string;
  readonly clients: number;
  /** Rooms that each client makes; for each there are as many writes as `STEPS`. */
  readonly rooms: number;
  done?(count: number): void;
  readonly stop?: AbortSignal;
}

/** Clients that each announce rooms one after the other, change them, report and ask; all they were acknowledged. */
export async function load({ data, clients, rooms, done, stop }: LoadOrder): Promise<Written[][]> {
  const start = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const socket = paths(data).siteHttp;
  let count = 0;
  const client = async (who: number): Promise<Written[]> => {
    const written: Written[] = [];
    const write = async (
      method: string,
      path: string,
      body: object,
      headers: Record<string, string>,
      at = socket,
    ): Promise<Written | undefined> => {
      const key = method === 'POST' ? { 'idempotency-key': randomUUID() } : {};
      const made = await insist({ socket: at, method, path, body, headers: { ...key, ...headers } }, stop);
      if (!made) return undefined;
      written.push(made);
      count += 1;
      done?.(count);
      return made;
    };
    const operator = { authorization: `Bearer ${OPERATOR_KEY}` };
    const network = { 'x-forwarded-for': `10.0.0.${who}` };
    for (let n = 0; n < rooms; n++) {
      const name = `client ${who} room ${n}`;
      const room = await write('POST', '/api/rooms', { title: name, start }, operator);
      if (!room) break;
      const at = `/api/rooms/${room.answer.slug}`;
      const link = { authorization: `Bearer ${room.answer.token}` };
      const question = { text: `${name}?`, device: `device-of-client-${who}-room-${n}`.padEnd(20, '-') };
      const asked = `/r/${QUESTION_ROOMS[who % QUESTION_ROOMS.length]}/questions`;
      const all =
        (await write('PATCH', at, { title: `${name} changed` }, link)) &&
        (await write('PATCH', `${at}/settings`, { access: 'unlisted' }, link)) &&
        (await write('POST', `${at}/reports`, { reason: 'spam', words: name }, network)) &&
        (await write('POST', asked, question, network, questionSocket(data)));
      if (!all) break;
    }
    return written;
  };
  return Promise.all(Array.from({ length: clients }, (_, who) => client(who)));
}
