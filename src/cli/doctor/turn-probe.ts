import { createHash, createHmac, randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

/** How a TURN server answered. */
export type TurnAnswer = 'allocates' | 'refuses' | 'silent' | 'reached';

const PATIENCE_MS = 3000;
const COOKIE = 0x2112a442;
const ALLOCATE = 0x0003;
const SUCCESS = 0x0103;
const USERNAME = 0x0006;
const INTEGRITY = 0x0008;
const REALM = 0x0014;
const NONCE = 0x0015;
const TRANSPORT = 0x0019;
const UDP = Buffer.from([17, 0, 0, 0]);

/** The address of a TURN server, and the credentials for it. */
export interface TurnServer {
  readonly host: string;
  readonly port: number;
  readonly udp: boolean;
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

/** The server that `turn:HOST:PORT?transport=…` names; undefined for anything else. Spec: RFC 7065. */
export function turnServer(url: string): TurnServer | undefined {
  const [, scheme, host, port, transport] =
    /^(turns?):(\[[\da-f:]+\]|[^:?]+)(?::(\d+))?(?:\?transport=(udp|tcp))?$/i.exec(url) ?? [];
  if (!host) return undefined;
  const secure = scheme?.toLowerCase() === 'turns';
  return {
    host: host.replace(/^\[|\]$/g, ''),
    port: Number(port ?? (secure ? 5349 : 3478)),
    udp: !secure && transport !== 'tcp',
  };
}

/**
 * Asks a TURN server for a relayed address as a browser would, and releases it. Over TCP only the connection is
 * tested. Spec: RFC 8656, 7; RFC 8489, 9.2.
 */
export async function probeTurn(server: TurnServer, patience = PATIENCE_MS): Promise<TurnAnswer> {
  if (!server.udp) return (await reaches(server, patience)) ? 'reached' : 'silent';
  const first = await ask(server, request([[TRANSPORT, UDP]]), patience);
  if (!first) return 'silent';
  if (first.type === SUCCESS) return 'allocates';
  const realm = first.attributes.get(REALM);
  const nonce = first.attributes.get(NONCE);
  const { username, credential } = server;
  if (!realm || !nonce || username === undefined || credential === undefined) return 'refuses';
  const key = createHash('md5').update(`${username}:${realm}:${credential}`).digest();
  const attributes: [number, Buffer][] = [
    [TRANSPORT, UDP],
    [USERNAME, Buffer.from(username)],
    [REALM, realm],
    [NONCE, nonce],
  ];
  const second = await ask(server, request(attributes, key), patience);
  if (!second) return 'silent';
  return second.type === SUCCESS ? 'allocates' : 'refuses';
}

function reaches({ host, port }: TurnServer, patience: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (found: boolean): void => {
      socket.destroy();
      resolve(found);
    };
    socket.setTimeout(patience, () => end(false));
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

function request(attributes: readonly (readonly [number, Buffer])[], key?: Buffer): Buffer {
  const body = Buffer.concat(attributes.map(([type, value]) => attribute(type, value)));
  const head = Buffer.alloc(20);
  head.writeUInt16BE(ALLOCATE, 0);
  head.writeUInt32BE(COOKIE, 4);
  randomBytes(12).copy(head, 8);
  head.writeUInt16BE(body.length + (key ? 24 : 0), 2);
  if (!key) return Buffer.concat([head, body]);
  const signed = createHmac('sha1', key).update(head).update(body).digest();
  return Buffer.concat([head, body, attribute(INTEGRITY, signed)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}

interface Answer {
  readonly type: number;
  readonly attributes: ReadonlyMap<number, Buffer>;
}

function ask({ host, port }: TurnServer, message: Buffer, patience: number): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    let timer: NodeJS.Timeout | undefined;
    let over = false;
    const end = (answer: Answer | undefined): void => {
      // A name that nobody knows may be told after the time is up.
      if (over) return;
      over = true;
      clearTimeout(timer);
      socket.close();
      resolve(answer);
    };
    timer = setTimeout(() => end(undefined), patience);
    socket.once('error', () => end(undefined));
    socket.on('message', (bytes) => {
      if (bytes.length >= 20 && bytes.subarray(8, 20).equals(message.subarray(8, 20))) end(read(bytes));
    });
    socket.send(message, port, host, (error) => {
      if (error) end(undefined);
    });
  });
}

function read(bytes: Buffer): Answer {
  const attributes = new Map<number, Buffer>();
  for (let at = 20; at + 4 <= bytes.length; ) {
    const length = bytes.readUInt16BE(at + 2);
    attributes.set(bytes.readUInt16BE(at), bytes.subarray(at + 4, at + 4 + length));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return { type: bytes.readUInt16BE(0), attributes };
}
