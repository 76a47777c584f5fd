import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { problem } from '../../base/reply.ts';
import { ms } from '../../base/time.ts';
import { find, movedStatus, openTo, optionsHead } from '../../http/index.ts';
import { checkTimeLimits } from '../../native/node-internals.ts';
import { send } from '../answer/send.ts';
import { serverOptions } from '../answer/server-options.ts';
import type { Limits } from '../limits.ts';
import { toOriginForm } from '../request/absolute-target.ts';
import { reset } from '../socket/reset.ts';

/** Answers of the port without TLS beside the public one. */
export interface PlainPort {
  /** The public port, for addresses; 443 is not written out. */
  port(): number;
  /** True once there is a certificate: from then on everyone is sent to it. */
  ready(): boolean;
  /** The address people use, when it is set. */
  readonly publicUrl?: string;
  readonly limits: Limits;
  /** The answer to a certificate challenge, or undefined. */
  challenge(token: string): Promise<string | undefined>;
  /** Charges the network for one answer; false when it has used up its share. */
  consume(socket: Socket): boolean;
  /** Serves everything else while there is no certificate. */
  readonly http: Server;
}

/** Spec: RFC 8555, 8.3. */
const CHALLENGE = /^\/\.well-known\/acme-challenge\/([\w-]{1,128})$/;
const NAME = /^([\w.~-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

/**
 * Opens the HTTP server of the plain port; it does not listen itself. It answers certificate challenges and redirects
 * everyone else to https; until there is a certificate it serves everything, like the public port.
 */
export function openPlainPort(deps: PlainPort): Server {
  const { limits } = deps;
  const say = (req: IncomingMessage, res: ServerResponse, text: string): void =>
    send(req, res, {
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
      body: text,
    });
  async function prove(req: IncomingMessage, res: ServerResponse, token: string): Promise<void> {
    const answer = await deps.challenge(token).catch(() => undefined);
    if (answer === undefined) send(req, res, problem('not-found'));
    else say(req, res, answer);
  }
  const server = createServer(serverOptions(limits), (req, res) => {
    if (deps.ready() && !deps.consume(req.socket)) return reset(req.socket);
    toOriginForm(req);
    const target = req.url ?? '/';
    const token = CHALLENGE.exec(target)?.[1];
    if (token !== undefined) return void prove(req, res, token);
    if (!deps.ready()) return void deps.http.emit('request', req, res);
    if (target === '/healthz') return say(req, res, 'ok\n');
    const name = NAME.exec(req.headers.host ?? '')?.[1];
    const port = deps.port() === 443 ? '' : `:${deps.port()}`;
    const base = deps.publicUrl?.startsWith('https:') ? deps.publicUrl : name && `https://${name}${port}`;
    res.shouldKeepAlive = false;
    // A browser follows no redirect of a CORS preflight, and reads none of another origin without permission.
    const { address } = find(target.replace(/\?.*$/, '')) ?? {};
    for (const [name, value] of Object.entries(openTo(address, req.method ?? ''))) res.setHeader(name, value);
    if (req.method === 'OPTIONS') {
      const wanted = String(req.headers['access-control-request-headers'] ?? '') || undefined;
      const method = req.headers['access-control-request-method'];
      return send(req, res, { status: 204, headers: optionsHead(address, wanted, method), body: '' });
    }
    // `//elsewhere` as a target would be read as another host.
    if (!base || !target.startsWith('/')) return send(req, res, problem('bad-request'));
    const location = `${base}${target}`;
    send(req, res, {
      status: movedStatus(address),
      headers: { location, 'cache-control': 'no-store' },
      body: '',
    });
  });
  server.maxHeadersCount = limits.headers + 1;
  server.maxRequestsPerSocket = limits.requestsPerSocket;
  server.on('clientError', (_error, socket) => socket.destroy());
  server.keepAliveTimeout = ms(5_000);
  checkTimeLimits(server);
  return server;
}
