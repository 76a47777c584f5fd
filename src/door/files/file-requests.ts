import type { Socket } from 'node:net';
import type { Connection, Handler, Requester } from '../socket/connection.ts';
import type { Outlet } from '../socket/direct-write.ts';
import type { FileHearing } from '../socket/hearing.ts';
import type { PendingAnswer } from './response-cache.ts';

/** Whoever answers what is asked on such a connection. */
interface FileAnswerer {
  /** More has come. */
  received(requests: FileRequests): void;
  /** Nothing more will be asked. */
  quiet(requests: FileRequests): void;
  /** It has closed. */
  gone(requests: FileRequests): void;
}

/** A connection on which small public files are asked for, one after the other. */
export class FileRequests implements Outlet, Handler {
  readonly phase = 'files';
  readonly connection: Connection;
  readonly socket: Socket;
  readonly fd: number;
  queued: boolean;
  /** Bytes read and not yet answered, including the waiting request. */
  bytes: Buffer | undefined;
  /** Length of the request whose answer is being made; 0 while there is none. */
  waiting = 0;
  /** The answer it is waiting for. */
  making: PendingAnswer<FileRequests> | undefined = undefined;
  /** Since when nothing has happened, on the monotonic clock. */
  since: number;
  served = 0;
  /** True during slower service; `rested`: it is over, and the request is answered now. */
  paused = false;
  rested = false;
  /** Who asks, and since when, for the request that is being answered. */
  requester: Requester | undefined = undefined;
  asked = 0;
  path = '';
  query = '';
  before: { readonly fields: string; readonly gzip: boolean } | undefined = undefined;
  /** What is heard on it; undefined where nothing is counted. */
  readonly hearing: FileHearing | undefined;
  /** The session that goes into the playlist it waits for. */
  token: string | undefined = undefined;
  /** See `FileAnswersDeps.isProxy`. */
  readonly proxy: boolean;
  readonly #answers: FileAnswerer;
  #gone = false;

  constructor(
    answers: FileAnswerer,
    {
      connection,
      ...more
    }: {
      connection: Connection;
      bytes: Buffer;
      since: number;
      proxy: boolean;
      hearing: FileHearing | undefined;
    },
  ) {
    this.#answers = answers;
    this.connection = connection;
    this.socket = connection.socket;
    this.fd = connection.fd;
    this.queued = this.socket.writableLength > 0;
    this.bytes = more.bytes;
    this.since = more.since;
    this.proxy = more.proxy;
    this.hearing = more.hearing;
  }

  /** True until the connection has closed, or somebody else has taken it. */
  get held(): boolean {
    return !this.#gone && this.connection.handler === this;
  }

  received(_connection: Connection, chunk: Buffer) {
    this.bytes = this.bytes ? Buffer.concat([this.bytes, chunk]) : chunk;
    this.#answers.received(this);
  }

  ended() {
    this.#answers.quiet(this);
    this.socket.destroy();
  }

  closed() {
    this.#gone = true;
    this.#answers.gone(this);
  }
}
