import type { Clock } from '../../base/clock.ts';
import { ERRORS } from '../../base/errors.ts';
import type { Charge, Reply } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import { roomPath } from '../../http/index.ts';
import { isStream } from '../answer/send.ts';
import type { DoorAudience } from '../audience/audience.ts';
import { withSessions } from '../audience/session-list.ts';
import type { Defence } from '../defence/defence.ts';
import type { Limits } from '../limits.ts';
import type { Counters } from '../metrics/counters.ts';
import { COST } from '../network/fair-share.ts';
import type { LateRefusals } from '../network/late-refusals.ts';
import type { Requesters } from '../network/requesters.ts';
import type { Clients } from '../network/trusted-proxies.ts';
import type { DoorOrigin } from '../origin-port.ts';
import { agentIn, type FileHead, forwardedForIn, readFileHead } from '../request/file-head.ts';
import type { FinishedRequests } from '../request/finished-request.ts';
import { type Listening, listeningOn } from '../request/listening.ts';
import { privateHeaders, type RoomGate } from '../request/room-gate.ts';
import type { Batch } from '../socket/batched-write.ts';
import type { Connection, Requester } from '../socket/connection.ts';
import { put, waitingIn } from '../socket/direct-write.ts';
import { newFileHearing } from '../socket/hearing.ts';
import { rawProblem } from '../socket/raw-refusal.ts';
import { reset } from '../socket/reset.ts';
import { statusOf, withClose } from './answer-bytes.ts';
import { AnswerSlices } from './answer-slices.ts';
import { measureFile } from './file-measure.ts';
import { FileRequests } from './file-requests.ts';
import { PlaylistQueries } from './playlist-query.ts';
import { type PendingAnswer, ResponseCache } from './response-cache.ts';

/** Dependencies of serving shared files. */
export interface FileAnswersDeps {
  readonly clock: Clock;
  readonly limits: Limits;
  readonly counters: Counters;
  readonly batch: Batch;
  readonly origin: DoorOrigin;
  /** Charges the network for so many answers; false when it has used up its share. */
  consume(connection: Connection, forwardedFor: string | undefined, times: number): boolean;
  readonly defence: Pick<Defence, 'measure' | 'later'>;
  readonly late: Pick<LateRefusals, 'later'>;
  /** How expensive work is charged to the network that asks for it. */
  charger(connection: Connection, forwardedFor: string | undefined): Charge;
  /** True for a connection of a listed proxy, on which one request is somebody's and the next another's. */
  isProxy(connection: Connection): boolean;
  readonly requesters: Pick<Requesters, 'on'>;
  readonly finished: Pick<FinishedRequests, 'tell'>;
  /** Who may pass to which room. */
  readonly rooms: Pick<RoomGate, 'pass' | 'isPrivate'>;
  /** Records a fault that cost one connection. */
  fault(error: unknown, where: string): void;
  /** Counts who fetches sound. */
  readonly audience?: Pick<DoorAudience, 'files' | 'listBegins'>;
  readonly clients?: Pick<Clients, 'clientOf' | 'trusts'>;
  /** Takes a connection back, with bytes that have been read but not answered. */
  back(connection: Connection, bytes: Buffer): void;
}

/** Serves small public files on kept-alive connections from one buffer for everyone. */
export interface FileAnswers {
  /** Takes over a connection whose first bytes are such a request; otherwise false, with no effect. */
  take(connection: Connection, bytes: Buffer): boolean;
  /** Closes connections that are idle or have not finished a head; call about once a second. */
  sweep(): void;
  /** From now on every answer closes its connection, because the door is stopping. */
  close(): void;
  /** Closes connections that are waiting for nothing. */
  closeIdle(): void;
  /** Connections held now. */
  readonly size: number;
}

type Found = Extract<FileHead, { kind: 'file' }>;

/**
 * Longer headers are examined each time, because each of tens of thousands of connections would keep its own copy.
 */
const MOST_KEPT = 4_096;

/** A connection is quiet after so long without a request, ms. */
const QUIET_MS = 2_000;

/** Under strain, a file for somebody who costs more than their share counts for so many of their network. */
const LAST = 4;

/** What is left of `bytes` after the first `taken`. */
const rest = (bytes: Buffer | undefined, taken: number): Buffer | undefined =>
  bytes && bytes.length > taken ? bytes.subarray(taken) : undefined;

/** Opens the serving of shared files. */
export function openFileAnswers(deps: FileAnswersDeps): FileAnswers {
  return new SharedFileAnswers(deps);
}

class SharedFileAnswers implements FileAnswers {
  readonly #deps: FileAnswersDeps;
  readonly #cache: ResponseCache<FileRequests>;
  readonly #queries = new PlaylistQueries();
  readonly #slices: AnswerSlices<FileRequests>;
  readonly #all = new Set<FileRequests>();
  #closing = false;

  constructor(deps: FileAnswersDeps) {
    this.#deps = deps;
    this.#cache = new ResponseCache(deps.clock);
    this.#slices = new AnswerSlices({
      clock: deps.clock,
      answer: (requests, bytes) => this.#contain(requests, () => this.#answer(requests, bytes)),
      flush: deps.batch.flush,
    });
  }

  get size(): number {
    return this.#all.size;
  }

  take(connection: Connection, bytes: Buffer): boolean {
    const { clock, limits } = this.#deps;
    if (readFileHead(bytes, limits).kind !== 'file') return false;
    const proxy = this.#deps.isProxy(connection);
    const hearing = this.#deps.audience && newFileHearing();
    const requests = new FileRequests(this, { connection, bytes, since: clock.now(), proxy, hearing });
    this.#all.add(requests);
    connection.handTo(requests);
    this.#next(requests);
    return true;
  }

  sweep() {
    const { clock, limits } = this.#deps;
    const now = clock.now();
    for (const requests of this.#all) {
      const { waiting, since, bytes, socket } = requests;
      if (now - since > QUIET_MS) this.quiet(requests);
      if (waiting === 0 && now - since > (bytes ? limits.headTimeout : limits.keepAlive)) socket.destroy();
    }
  }

  /** Nothing has been asked for some time, or will be: has the last answer arrived? */
  quiet({ hearing, socket }: FileRequests) {
    if (hearing) this.#deps.audience?.files.look(hearing, socket);
  }

  close() {
    this.#closing = true;
  }

  closeIdle() {
    for (const { waiting, socket } of this.#all) if (waiting === 0) socket.end();
  }

  /** More has come on a connection. */
  received(requests: FileRequests) {
    const length = requests.bytes?.length ?? 0;
    if (length > this.#deps.limits.headBytes * 2) return void requests.socket.destroy();
    if (requests.waiting === 0) this.#contain(requests, () => this.#next(requests));
  }

  /** A connection has closed. */
  gone(requests: FileRequests) {
    if (requests.hearing) this.#deps.audience?.files.left(requests.hearing);
    if (requests.making) this.#cache.leave(requests.making, requests);
    this.#all.delete(requests);
  }

  /** Answers the requests among the bytes that a connection has sent. */
  #next(requests: FileRequests) {
    const { limits, counters } = this.#deps;
    while (requests.held && requests.bytes && requests.waiting === 0 && !requests.paused) {
      const asked = readFileHead(requests.bytes, limits, requests.before);
      if (asked.kind === 'more') return;
      if (asked.kind !== 'file') {
        if (requests.hearing) this.#deps.audience?.files.settle(requests.hearing);
        return this.#giveBack(requests);
      }
      const head: Found = { ...asked, path: this.#deps.rooms.pass(asked.path) };
      const forwardedFor = requests.proxy ? forwardedForIn(head.fields) : undefined;
      const requester = this.#requesterOf(requests, head, forwardedFor);
      const times = this.#measured(requests, head, requester);
      if (times === 0) return;
      if (!this.#deps.consume(requests.connection, forwardedFor, times)) {
        counters.overShare += 1;
        this.#tellRefused(requester, head, 0, 0);
        // The proxy's next request is somebody else's: this one is told that it was too much.
        return requests.proxy ? this.#giveBack(requests) : this.#late(requests, () => reset(requests.socket));
      }
      if (requests.before?.fields !== head.fields)
        requests.before =
          head.fields.length > MOST_KEPT ? undefined : { fields: head.fields, gzip: head.gzip };
      this.#serve(requests, head, forwardedFor);
    }
  }

  /** How many answers this one counts for; 0: it is not answered now, because of what its sender costs. */
  #measured(requests: FileRequests, head: Found, requester: Requester): number {
    if (requests.rested) {
      requests.rested = false;
      return LAST;
    }
    const measure = measureFile(this.#deps.defence, requester, head);
    if (measure === 'serve') return 1;
    if (measure === 'defer') return LAST;
    if (measure === 'slow') this.#rest(requests);
    else this.#turnAway(requests, requester, head, measure === 'deny' ? 'denied' : 'over-share');
    return 0;
  }

  /** Slower service: whoever asks here is answered a second later, and can ask for nothing else until then. */
  #rest(requests: FileRequests) {
    requests.paused = true;
    requests.socket.pause();
    this.#deps.defence.later(() => {
      requests.paused = false;
      requests.rested = true;
      if (!requests.held) return;
      requests.socket.resume();
      this.#contain(requests, () => this.#next(requests));
    });
  }

  /** Refuses a request and closes its connection. */
  #turnAway(requests: FileRequests, requester: Requester, head: Found, code: 'denied' | 'over-share') {
    const { clock, counters } = this.#deps;
    const bytes = rawProblem(code);
    counters.overShare += 1;
    this.#tellRefused(requester, head, ERRORS[code].status, bytes.length);
    this.#all.delete(requests);
    if (requests.hearing) this.#deps.audience?.files.settle(requests.hearing);
    this.#late(requests, () => {
      requests.connection.finish(bytes);
      clock.after(ms(2_000), () => requests.socket.destroy());
    });
  }

  #tellRefused(requester: Requester, { path, query }: Found, status: number, bytes: number) {
    const { clock, finished } = this.#deps;
    finished.tell(requester, clock.now(), 'GET', path, query, status, bytes, COST.file, 0);
  }

  /** Refuses after a pause, in which nothing is read. */
  #late(requests: FileRequests, refuse: () => void) {
    requests.paused = true;
    requests.socket.pause();
    this.#deps.late.later(requests.socket, refuse);
  }

  /** Who asks: a client's headers are the same from one request to the next, unless a proxy brings them. */
  #requesterOf(
    requests: FileRequests,
    { fields, path, query }: Found,
    forwardedFor: string | undefined,
  ): Requester {
    const known = requests.before?.fields === fields ? requests.requester : undefined;
    const requester = known ?? this.#deps.requesters.on(requests.connection, agentIn(fields), forwardedFor);
    requests.requester = requester;
    requests.path = path;
    requests.query = query;
    requests.asked = this.#deps.clock.now();
    return requester;
  }

  /** Answers one request from what is ready, or has it wait. */
  #serve(requests: FileRequests, asked: Found, forwardedFor: string | undefined) {
    const head = this.#count(requests, asked);
    const query = this.#queries.meaning(head.path, head.query);
    const key = `${head.gzip ? 'z' : '-'}${head.path}${query === '' ? '' : `?${query}`}`;
    const ready = this.#cache.find(key);
    if (ready) {
      requests.bytes = rest(requests.bytes, head.length);
      return this.#write(requests, ready);
    }
    // Kept until it is answered, because it may have to be handed on.
    requests.waiting = head.length;
    const { making, first } = this.#cache.wait(key, requests);
    requests.making = making;
    if (first) void this.#make(making, head, query, this.#deps.charger(requests.connection, forwardedFor));
  }

  /** Counts what is asked for; a playlist into which a session goes must not be compressed. */
  #count(requests: FileRequests, head: Found): Found {
    const { audience, clients } = this.#deps;
    const { hearing, connection } = requests;
    requests.token = undefined;
    if (!audience || !clients || !hearing) return head;
    const who = (): Listening => listeningOn(clients, connection, head.fields);
    audience.files.asked(hearing, head.path, head.query, who, requests.socket);
    requests.token = audience.listBegins(head.path, who);
    return requests.token === undefined ? head : { ...head, gzip: false };
  }

  async #make(
    making: PendingAnswer<FileRequests>,
    head: Found,
    query: string,
    charge: Charge,
  ): Promise<void> {
    try {
      const headers = head.gzip ? { 'accept-encoding': 'gzip' } : {};
      const reply = await this.#deps.origin.answer(
        head.path,
        new URLSearchParams(query),
        headers,
        making.abort.signal,
        charge,
      );
      // A network that has had too much is refused on its own: the others may still be served.
      const shared = reply && !isStream(reply.body) && reply.status !== 429;
      if (shared) {
        const bytes = this.#cache.keep(making.key, this.#headed(head.path, reply), query !== '');
        return this.#slices.release(this.#cache.release(making), bytes);
      }
      if (reply && isStream(reply.body)) reply.body.destroy();
    } catch {
      // Asked again below, on the path that reports errors.
    }
    // The answer cannot be shared: each is served on its own.
    for (const requests of this.#cache.release(making))
      this.#contain(requests, () => this.#giveBack(requests));
  }

  /** What a private room says is kept by no cache for long. */
  #headed(path: string, reply: Reply): Reply {
    const slug = roomPath(path)?.slug ?? '';
    return this.#deps.rooms.isPrivate(slug) ? { ...reply, headers: privateHeaders(reply.headers) } : reply;
  }

  /** Sends a waiting connection its answer, with the batch, and continues with what it asked in the meantime. */
  #answer(requests: FileRequests, bytes: Buffer) {
    if (!requests.held) return;
    const { batch } = this.#deps;
    requests.bytes = rest(requests.bytes, requests.waiting);
    requests.waiting = 0;
    requests.making = undefined;
    this.#write(requests, bytes, batch.put);
    if (!requests.held || !requests.bytes) return;
    batch.flush();
    this.#next(requests);
  }

  #write(requests: FileRequests, shared: Buffer, send: Batch['put'] = put) {
    const { socket, token, hearing } = requests;
    if (socket.destroyed) return;
    const bytes = token === undefined ? shared : withSessions(shared, token);
    if (hearing && statusOf(bytes) >= 300) this.#deps.audience?.files.refused(hearing);
    const { clock, counters, limits, batch } = this.#deps;
    requests.since = clock.now();
    requests.served += 1;
    counters.requests += 1;
    // It keeps asking and never reads.
    const waiting = waitingIn(requests);
    if (waiting > 0 && waiting + bytes.length > limits.backlog) {
      counters.stalledRequests += 1;
      return reset(socket);
    }
    counters.fileBytes += bytes.length;
    const { requester, asked, path, query } = requests;
    if (requester)
      this.#deps.finished.tell(
        requester,
        requests.since,
        'GET',
        path,
        query,
        statusOf(bytes),
        bytes.length,
        COST.file,
        requests.since - asked,
      );
    const last = this.#closing || requests.served >= limits.requestsPerSocket;
    send(requests, last ? withClose(bytes) : bytes);
    if (!last) return;
    batch.flush();
    this.#all.delete(requests);
    requests.connection.finish();
    clock.after(ms(2_000), () => socket.destroy());
  }

  /** Hands a connection to the full HTTP server, as if its unanswered bytes had just arrived. */
  #giveBack(requests: FileRequests) {
    if (!requests.held) return;
    this.#all.delete(requests);
    if (!requests.socket.destroyed) this.#deps.back(requests.connection, requests.bytes ?? Buffer.alloc(0));
  }

  /** Does something for one connection; a fault in it costs only that connection. */
  #contain(requests: FileRequests, work: () => void) {
    try {
      work();
    } catch (error) {
      this.#deps.fault(error, 'a file for a player');
      reset(requests.socket);
    }
  }
}
