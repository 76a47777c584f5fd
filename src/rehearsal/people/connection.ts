import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { serverName } from '../order/address.ts';
import type { ServerAddress } from '../order/order.ts';

/** Receives what happens on a connection. */
export interface Wire {
  opened(): void;
  /** Bytes from 0 to `end`, valid until this returns. */
  data(chunk: Buffer, end: number): void;
  /** The connection `socket` is over: `undefined` for a clean end, else the system's error code. Called once. */
  over(socket: Socket, error: string | undefined): void;
}

/** One read of any socket of this process: they take turns. */
const READ_BYTES = 64 << 10;

/** Opens the connections of one process, all of which read into the same buffer. */
export interface Dialler {
  dial(wire: Wire, from: string | undefined): Socket;
}

/** A dialler for one server. */
export function openDialler(address: ServerAddress): Dialler {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  const { host, port, tls, name } = address;
  return {
    dial(wire, from) {
      const common = { host, port, ...(from === undefined ? {} : { localAddress: from }) };
      const socket = tls
        ? connectTls({ ...common, servername: serverName(name) ?? '', ALPNProtocols: ['http/1.1'] })
        : createConnection({
            ...common,
            noDelay: true,
            onread: {
              buffer,
              callback: (length: number) => {
                wire.data(buffer, length);
                return true;
              },
            },
          });
      let failure: string | undefined;
      if (tls) socket.on('data', (chunk: Buffer) => wire.data(chunk, chunk.length));
      socket.once(tls ? 'secureConnect' : 'connect', () => wire.opened());
      socket.on('error', (error: NodeJS.ErrnoException) => {
        failure = error.code ?? 'EUNKNOWN';
      });
      socket.once('close', () => wire.over(socket, failure));
      return socket;
    },
  };
}
