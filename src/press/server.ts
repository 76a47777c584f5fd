import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { listenAt, type SocketFileDeps } from '../base/socket-file.ts';
import { pressReply } from './folder-reply.ts';
import { limitNetworks, sendTo } from './reading.ts';

/** What the server of published pages needs. */
export interface PressServerDeps {
  readonly folder: string;
  /** The UNIX socket for the doors of this machine. */
  readonly socketPath: string;
  readonly keeping: SocketFileDeps;
  /** A TCP port of its own, for when no door answers; absent: none. */
  readonly port?: number | undefined;
  readonly host?: string | undefined;
}

/** The running server. */
export interface PressServer extends AsyncDisposable {
  /** The TCP port; undefined without one. */
  readonly port: number | undefined;
  /** Answers given, by class of their status: `2xx`, `3xx`, `4xx`, `5xx`. */
  readonly answered: ReadonlyMap<string, number>;
}

const ALWAYS = { 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' } as const;
/** Limits of this small server: nobody sends it anything but a short head. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  keepAliveTimeout: 5_000,
  maxHeaderSize: 8 * 1024,
  /** Heads that are late are looked for so often. */
  connectionsCheckingInterval: 2_000,
};
const MOST_CONNECTIONS = 2_000;
const MOST_FROM_NETWORK = 64;
/** Whoever does not read for this long is let go, ms. */
const STALLED_MS = 30_000;

/** Serves the folder of published pages on a UNIX socket, and on a port where one is given. @throws when it is taken. */
export async function openPressServer(deps: PressServerDeps): Promise<PressServer> {
  const answered = new Map<string, number>();
  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const { method = 'GET', headers } = req;
    const path = (req.url ?? '/').replace(/\?.*$/s, '');
    const reply =
      path === '/'
        ? { status: 302, headers: { location: '/incidents' }, body: '' }
        : method !== 'GET' && method !== 'HEAD'
          ? { status: 405, headers: { allow: 'GET, HEAD' }, body: '' }
          : await pressReply(deps.folder, {
              ...{ path, method, language: headers['accept-language'] },
              ifNoneMatch: headers['if-none-match'],
            });
    const kind = `${Math.floor(reply.status / 100)}xx`;
    answered.set(kind, (answered.get(kind) ?? 0) + 1);
    const length =
      reply.body instanceof Readable || method === 'HEAD'
        ? {}
        : { 'content-length': Buffer.byteLength(reply.body) };
    res.writeHead(reply.status, { ...ALWAYS, ...(reply.status === 304 ? {} : length), ...reply.headers });
    await sendTo(res, method === 'HEAD' ? '' : reply.body, deps.keeping.clock);
  };
  const serve = (): Server => {
    const server = createServer(LIMITS, (req, res) => {
      answer(req, res).catch(() => {
        if (res.headersSent) res.destroy();
        else res.writeHead(500).end();
      });
    });
    server.maxConnections = MOST_CONNECTIONS;
    server.setTimeout(STALLED_MS);
    return server;
  };
  const inner = serve();
  const file = await listenAt(deps.socketPath, inner, deps.keeping);
  const outer = deps.port === undefined ? undefined : serve();
  outer?.on('connection', limitNetworks(MOST_FROM_NETWORK));
  if (outer)
    await new Promise<void>((resolve, reject) => {
      outer.once('error', reject);
      outer.listen({ port: deps.port, host: deps.host ?? '0.0.0.0' }, resolve);
    });
  const address = outer?.address();
  return {
    port: typeof address === 'object' ? address?.port : undefined,
    answered,
    async [Symbol.asyncDispose]() {
      await file[Symbol.asyncDispose]();
      for (const server of [inner, ...(outer ? [outer] : [])]) {
        const closed = new Promise<void>((resolve) => server.close(() => resolve()));
        server.closeAllConnections();
        await closed;
      }
    },
  };
}
