import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type AudienceEvent, readEventReport } from '../../src/wire/audience-events.ts';
import { type Beacon, readBeacon } from '../../src/wire/listening/beacon.ts';

/** What pages have told, in order. */
export interface AudienceEar extends AsyncDisposable {
  /** Where pages are opened instead of at the server. */
  readonly url: string;
  readonly beacons: {
    readonly at: number;
    readonly slug: string;
    readonly beacon: Beacon;
    readonly body: string;
  }[];
  readonly events: {
    readonly at: number;
    readonly slug: string;
    readonly session: string | undefined;
    readonly event: AudienceEvent;
  }[];
  /** Bodies that could not be read. */
  readonly wrong: string[];
  /** Requests for a session. */
  asked: number;
  /** Every request with a stream in it: its query. */
  readonly streams: URLSearchParams[];
}

/**
 * Stands between pages and a server, hears what pages tell of their audience, and gives them sessions: `session` makes
 * the token for the next one.
 */
export async function openAudienceEar(target: string, session: () => string): Promise<AudienceEar> {
  const { hostname, port } = new URL(target);
  const beacons: AudienceEar['beacons'] = [];
  const events: AudienceEar['events'] = [];
  const wrong: string[] = [];
  const streams: URLSearchParams[] = [];
  const ear = { asked: 0 };

  const hear = async (
    req: IncomingMessage,
    res: ServerResponse,
    slug: string,
    what: string,
  ): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const at = performance.now();
    if (what === 'session') {
      ear.asked++;
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ session: session() }));
      return;
    }
    if (what === 'beacon') {
      const beacon = readBeacon(body);
      if (beacon && body.length <= 512) beacons.push({ at, slug, beacon, body });
      else wrong.push(body);
    } else {
      const report = readEventReport(body);
      if (!report) wrong.push(body);
      for (const event of report?.events ?? []) events.push({ at, slug, session: report?.session, event });
    }
    res.writeHead(204).end();
  };
  const server = createServer((req, res) => {
    const [path = '', query = ''] = (req.url ?? '').split('?');
    const told = /^\/r\/([^/]+)\/(beacon|events|session)$/.exec(path);
    if (told?.[1] && told[2] && req.method === 'POST') return void hear(req, res, told[1], told[2]);
    const stream = path.endsWith('/stream');
    if (stream) streams.push(new URLSearchParams(query));
    const onwards = request(
      {
        hostname,
        port,
        path: req.url,
        method: req.method,
        headers: { ...req.headers, host: `${hostname}:${port}` },
      },
      (answer) => {
        const known = new URLSearchParams(query).get('session');
        const given =
          answer.headers['earshot-session'] ?? (known === 'new' || known === null ? session() : known);
        const kept = stream ? { 'earshot-session': given } : {};
        res.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...kept });
        res.flushHeaders();
        answer.pipe(res);
      },
    );
    onwards.on('error', () => res.destroy());
    res.on('close', () => onwards.destroy());
    req.pipe(onwards);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return Object.assign(ear, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ beacons, events, wrong, streams },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}
