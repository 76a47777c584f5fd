import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Call, type CallState, openCall } from './call.ts';
import { ANSWER_TIMEOUT } from './exchange.ts';
import { CONNECT_TIMEOUT } from './peer-session.ts';

const SDP = 'v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=ice-ufrag:mine\r\na=ice-pwd:minepwd\r\n';

/** A browser's connection that connects when told to. */
class FakePeer extends EventTarget {
  connectionState = 'new';
  iceGatheringState = 'complete';
  localDescription: { sdp: string } | undefined;
  readonly works: () => boolean;
  constructor(works: () => boolean) {
    super();
    this.works = works;
  }
  async createOffer() {
    return { type: 'offer', sdp: SDP };
  }
  async setLocalDescription(it: { sdp: string }) {
    this.localDescription = it;
  }
  async setRemoteDescription() {
    if (this.works()) this.become('connected');
  }
  become(state: string) {
    this.connectionState = state;
    this.dispatchEvent(new Event('connectionstatechange'));
  }
  getTransceivers() {
    return [];
  }
  getReceivers() {
    return [];
  }
  close() {
    this.connectionState = 'closed';
  }
}

type Answer = { status: number; code?: string; retryAfter?: number } | 'broken' | 'silent';
let log: string[];
let states: CallState[];
let peers: FakePeer[];
let answers: Record<'POST' | 'PATCH', Answer>;
let works: boolean;
let forgotten: boolean;
let busy: boolean;
let call: Call;
/** Resolves the stage's opening; undefined: it is open. */
let opened: Promise<void> | undefined;
let token: string;
let shown: string[];
/** ICE servers that the page knows already; undefined: the studio is asked. */
let known: RTCIceServer[] | undefined;
let adopted: number;

beforeEach(() => {
  vi.useFakeTimers();
  log = [];
  states = [];
  peers = [];
  answers = { POST: { status: 201 }, PATCH: { status: 422, code: 'unprocessable' } };
  works = true;
  forgotten = false;
  busy = false;
  opened = undefined;
  token = 'T';
  shown = [];
  known = undefined;
  adopted = 0;
  let session = 0;
  const fake = async (url: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const method = init?.method ?? 'GET';
    if (String(init?.body).startsWith('a=end-of-candidates'))
      return new Response(null, { status: busy ? 429 : forgotten ? 404 : 204 });
    shown.push(String(new Headers(init?.headers).get('authorization')));
    log.push(`${method} ${String(url).replace('https://h', '')}`);
    if (method === 'OPTIONS' || method === 'DELETE') return new Response(null, { status: 200 });
    const answer = answers[method as 'POST' | 'PATCH'];
    if (answer === 'broken') throw new TypeError('no network');
    if (answer === 'silent')
      return new Promise((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))),
      );
    const headers = {
      location: `https://h/whip/${++session}`,
      ...(answer.retryAfter ? { 'retry-after': String(answer.retryAfter) } : {}),
    };
    const body = answer.code ? JSON.stringify({ code: answer.code }) : SDP;
    return new Response(body, { status: answer.status, headers });
  };
  call = openCall({
    url: 'https://h/whip',
    token: () => token,
    ready: () => opened ?? Promise.resolve(),
    servers: () => known,
    adopt: () => void adopted++,
    prepare() {},
    tuneOffer: (sdp) => sdp,
    tuneAnswer: (sdp) => sdp,
    state: (state) => states.push(state),
    fetch: fake as typeof fetch,
    peer: () => {
      const peer = new FakePeer(() => works);
      peers.push(peer);
      return peer as unknown as RTCPeerConnection;
    },
  });
});
afterEach(() => {
  call.close();
  vi.useRealTimers();
});
const pass = (span: number) => vi.advanceTimersByTimeAsync(span);
const now = () => states.at(-1)?.at;

test('joins with one offer', async () => {
  call.open();
  await pass(0);
  expect(log).toEqual(['OPTIONS /whip', 'POST /whip']);
  expect(states.map((it) => it.at)).toEqual(['connecting', 'on']);
});

test('a connection that was made ahead asks the studio for nothing until it is opened, and is used then', async () => {
  known = [];
  call.warm();
  await pass(60_000);
  expect([log, peers.length, adopted]).toEqual([[], 1, 0]);
  call.open();
  await pass(0);
  expect([log, peers.length, adopted]).toEqual([['POST /whip'], 1, 1]);
  expect(now()).toBe('on');
  // Only once: the next one is made as always.
  peers[0]?.become('failed');
  await pass(100);
  expect([peers.length, adopted]).toEqual([2, 1]);
});

test('a connection made ahead is of no use where the studio names relays, and ends', async () => {
  known = [{ urls: 'stun:h' }];
  call.warm();
  call.open();
  await pass(0);
  expect([peers.length, peers[0]?.connectionState, adopted]).toEqual([2, 'closed', 0]);
  expect(now()).toBe('on');
});

test('a connection made ahead ends when nobody calls', async () => {
  call.warm();
  call.close();
  await pass(0);
  expect(peers[0]?.connectionState).toBe('closed');
  expect(log).toEqual([]);
});

test('asks nothing of a stage that is not open, and joins automatically when it is', async () => {
  let open: () => void = () => {};
  opened = new Promise((resolve) => {
    open = resolve;
  });
  call.open();
  await pass(60_000);
  expect([log, now()]).toEqual([[], 'connecting']);
  open();
  await pass(0);
  expect(log).toEqual(['OPTIONS /whip', 'POST /whip']);
  expect(now()).toBe('on');
});

test('a call that was closed while it waited for the stage does not go there later', async () => {
  let open: () => void = () => {};
  opened = new Promise((resolve) => {
    open = resolve;
  });
  call.open();
  await pass(10);
  call.close();
  open();
  await pass(10_000);
  expect(log).toEqual([]);
});

test('a link that was replaced in mid-show is shown from the next request on', async () => {
  call.open();
  await pass(0);
  token = 'NEW';
  peers[0]?.become('failed');
  await pass(100);
  expect(shown).toEqual(['Bearer T', 'Bearer T', 'Bearer NEW', 'Bearer NEW']);
});

test('after a loss the same place is asked for first, then a new offer without taking over', async () => {
  call.open();
  await pass(0);
  peers[0]?.become('failed');
  await pass(100);
  expect(log.slice(2)).toEqual(['PATCH /whip/1', 'POST /whip']);
  expect(now()).toBe('on');
});

test('a studio that can restart ICE keeps the session', async () => {
  answers.PATCH = { status: 200 };
  call.open();
  await pass(0);
  peers[0]?.become('failed');
  await pass(100);
  expect(log.slice(2)).toEqual(['PATCH /whip/1']);
  expect(peers).toHaveLength(1);
});

test('ICE may heal by itself for a second', async () => {
  call.open();
  await pass(0);
  peers[0]?.become('disconnected');
  await pass(900);
  peers[0]?.become('connected');
  await pass(5_000);
  expect(log).toHaveLength(2);
  expect(now()).toBe('on');
});

test('without a network it never gives up: it keeps asking until the studio answers', async () => {
  call.open();
  await pass(0);
  answers.PATCH = 'broken';
  answers.POST = { status: 409, code: 'already-on-stage' };
  peers[0]?.become('failed');
  await pass(20_000);
  expect(now()).toBe('lost');
  expect(log.some((line, i) => i > 1 && line.startsWith('POST'))).toBe(false);
  answers.PATCH = { status: 422, code: 'unprocessable' };
  answers.POST = { status: 201 };
  await pass(13_000);
  expect(now()).toBe('on');
});

test('a place that was taken over elsewhere is not taken back', async () => {
  call.open();
  await pass(0);
  answers.PATCH = { status: 404, code: 'session-unknown' };
  answers.POST = { status: 409, code: 'already-on-stage' };
  peers[0]?.become('closed');
  await pass(60_000);
  expect(states.at(-1)).toMatchObject({ at: 'refused', why: { code: 'already-on-stage' } });
  expect(log.filter((line) => line.startsWith('POST'))).toEqual(['POST /whip', 'POST /whip']);
  answers.POST = { status: 201 };
  call.open(true);
  await pass(0);
  expect(log.at(-1)).toBe('POST /whip?takeover=1');
  expect(now()).toBe('on');
});

test('a studio that no longer has us is noticed within 3 s, though it says nothing', async () => {
  call.open();
  await pass(10_000);
  expect(log).toHaveLength(2);
  forgotten = true;
  answers.PATCH = { status: 404, code: 'session-unknown' };
  await pass(3_000);
  expect(log.slice(2)).toEqual(['PATCH /whip/1', 'POST /whip']);
});

test('a false suspicion changes nothing', async () => {
  call.open();
  await pass(0);
  call.suspect();
  await pass(1_000);
  expect(log).toHaveLength(2);
  expect(now()).toBe('on');
});

test('a full stage is asked again only when it said so', async () => {
  answers.POST = { status: 503, code: 'stage-full', retryAfter: 10 };
  call.open();
  await pass(9_900);
  expect(log.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  expect(states.at(-1)).toMatchObject({ at: 'lost', why: { code: 'stage-full' } });
  await pass(3_000);
  expect(log.filter((line) => line.startsWith('POST'))).toHaveLength(2);
});

test('an answer without a working media path is reported as such and retried', async () => {
  works = false;
  call.open();
  await pass(CONNECT_TIMEOUT + 10);
  expect(states.at(-1)).toMatchObject({ at: 'lost', why: { status: 0 } });
  expect(log).toContain('DELETE /whip/1');
  works = true;
  await pass(2_000);
  expect(now()).toBe('on');
});

test('closing releases the place; handing over to the next session does not', async () => {
  call.open();
  await pass(0);
  call.close(true);
  await pass(100);
  expect(log.some((line) => line.startsWith('DELETE'))).toBe(false);
  call.open(true);
  await pass(0);
  call.close();
  await pass(100);
  expect(log.at(-1)).toBe('DELETE /whip/2');
  expect(now()).toBe('closed');
});

test('a server that takes an offer and never answers is asked again', async () => {
  answers.POST = 'silent';
  call.open();
  await pass(ANSWER_TIMEOUT + 10);
  expect(now()).toBe('lost');
  answers.POST = { status: 201 };
  await pass(1_000);
  expect(now()).toBe('on');
});

test('a machine that is slow to connect gets more time with each try', async () => {
  works = false;
  call.open();
  await pass(CONNECT_TIMEOUT + 10);
  expect(now()).toBe('lost');
  await pass(200);
  const second = peers.at(-1);
  await pass(CONNECT_TIMEOUT + 1_000);
  second?.become('connected');
  await pass(10);
  expect(now()).toBe('on');
  expect(peers).toHaveLength(2);
});

test('a studio that is too busy to say whether it still has us has not forgotten us', async () => {
  call.open();
  await pass(0);
  busy = true;
  await pass(20_000);
  expect(now()).toBe('on');
  expect(log).toHaveLength(2);
});
