import { rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { listenAt, type SocketFileDeps } from '../base/socket-file.ts';
import type { Message } from '../wire/feed.ts';
import type { BusInlet, BusOutlet, Greeting, Subscriber } from './ends.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import { hand } from './hand.ts';

/**
 * Limit of unread bytes of a subscriber. Beyond it the subscriber is disconnected; it reconnects and is greeted with
 * the current state.
 */
const MAX_BACKLOG_BYTES = 32 << 20;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 1000;

/**
 * Publishes on a UNIX socket at `path`. It replaces a stale socket, and listens again when its file is removed.
 * Resolves when it accepts subscribers.
 */
export async function listenSocket(
  path: string,
  greeting: Greeting,
  keeping?: SocketFileDeps,
): Promise<BusOutlet> {
  const sockets = new Set<Socket>();
  const upstream: ((message: Message) => void)[] = [];
  const server = createServer((socket) => {
    const reader = new FrameReader();
    socket.on('data', (chunk) => {
      try {
        for (const message of reader.push(chunk)) for (const listen of upstream) listen(message);
      } catch {
        socket.destroy();
      }
    });
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    for (const message of greeting()) socket.write(encodeFrame(message));
    sockets.add(socket);
  });
  rmSync(path, { force: true });
  const file = await listenAt(path, server, keeping);
  return {
    publish(message) {
      if (sockets.size === 0) return;
      const frame = encodeFrame(message);
      for (const socket of sockets) {
        if (socket.writableLength > MAX_BACKLOG_BYTES) socket.destroy();
        else socket.write(frame);
      }
    },
    onUpstream: (listen) => void upstream.push(listen),
    get subscribers() {
      return sockets.size;
    },
    async [Symbol.asyncDispose]() {
      await file[Symbol.asyncDispose]();
      for (const socket of sockets) socket.end();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        setTimeout(() => {
          for (const socket of sockets) socket.destroy();
        }, 200).unref();
      });
    },
  };
}

/** Subscribes to the publisher at `path`, now and whenever it returns. */
export function subscribeSocket(path: string, listener: Subscriber): BusInlet {
  let socket: Socket | undefined;
  let up = false;
  let closed = false;
  let retry = FIRST_RETRY_MS;
  let timer: NodeJS.Timeout | undefined;

  const connect = (): void => {
    const reader = new FrameReader();
    const mine = createConnection(path);
    socket = mine;
    mine.on('connect', () => {
      up = true;
      retry = FIRST_RETRY_MS;
      listener.up?.();
    });
    mine.on('data', (chunk) => {
      try {
        for (const message of reader.push(chunk)) hand(listener, message);
      } catch (error) {
        mine.destroy(error instanceof Error ? error : undefined);
      }
    });
    mine.on('error', () => mine.destroy());
    mine.on('close', () => {
      if (up) {
        up = false;
        listener.down?.();
      }
      if (closed) return;
      timer = setTimeout(connect, retry);
      retry = Math.min(LAST_RETRY_MS, retry * 2);
    });
  };
  connect();
  return {
    send(message) {
      if (up) socket?.write(encodeFrame(message));
    },
    get up() {
      return up;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      clearTimeout(timer);
      socket?.destroy();
    },
  };
}
