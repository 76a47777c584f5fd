import { createServer, type IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { Readiness } from '../base/health.ts';
import { isLoopback, isLoopbackHost } from '../base/local.ts';
import type { Log } from '../base/log.ts';
import { type Exposed, mergeExpositions } from '../base/metrics.ts';
import { type Ms, ms } from '../base/time.ts';

/** Dependencies of the monitor. */
export interface MonitorDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** 0 takes any free port. */
  readonly port: number;
  readonly host: string;
  /** The metrics of each process that answers, with its labels, and those of the supervisor. */
  metrics(): Promise<readonly Exposed[]>;
  readiness(): Readiness;
  /** What every process is doing, as JSON. */
  operations?(): Promise<string>;
}

/** The operator's own port: metrics and readiness of all processes, whichever of them is down. */
export interface Monitor extends AsyncDisposable {
  /** The port; undefined while another program has it. */
  readonly port: number | undefined;
}

const RETRY: Ms = ms(5000);
const MOST_CONNECTIONS = 64;
const TEXT = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' };

/**
 * False for a host name that somebody else may have pointed at this machine: a page in a browser here could read
 * everything through it (DNS rebinding). Names without a dot are not in the public DNS.
 */
function isMeant({ headers, socket }: IncomingMessage): boolean {
  if (headers.host === undefined || !isLoopback(socket.localAddress)) return true;
  const name = headers.host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');
  return isLoopbackHost(headers.host) || isIP(name) > 0 || !name.includes('.');
}

/**
 * Opens the monitor. A port that is taken is tried again, since no sound depends on it. Resolves after the first try.
 */
export async function openMonitor(deps: MonitorDeps): Promise<Monitor> {
  const { clock, log, host } = deps;
  /** Simultaneous requests share one answer. */
  let gathering: Promise<string> | undefined;
  const gather = (): Promise<string> => {
    gathering ??= deps
      .metrics()
      .then(mergeExpositions)
      .finally(() => {
        gathering = undefined;
      });
    return gathering;
  };
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0];
    const say = (code: number, text: string): void => void response.writeHead(code, TEXT).end(text);
    if (path === '/metrics' && !isMeant(request))
      say(
        421,
        'On this machine metrics are read at http://localhost or an IP address; for another name set metricsHost.\n',
      );
    else if (path === '/metrics')
      gather().then(
        (text) => say(200, text),
        (error) => {
          log.error({ error: String(error) }, 'the metrics could not be gathered');
          say(500, 'The metrics could not be gathered: see the log.\n');
        },
      );
    else if (path === '/operate.json' && deps.operations)
      deps.operations().then(
        (text) => response.writeHead(200, { ...TEXT, 'content-type': 'application/json' }).end(text),
        () => say(500, 'What the processes are doing could not be gathered.\n'),
      );
    else if (path === '/readyz') {
      const { code, text } = deps.readiness();
      say(code, text);
    } else if (path === '/healthz') say(200, 'ok\n');
    else
      say(
        404,
        'Metrics are at /metrics, readiness is at /readyz, what every process is doing at /operate.json.\n',
      );
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = 5_000;
  server.requestTimeout = 5_000;
  let port: number | undefined;
  let told = false;
  let retry: Disposable | undefined;
  const listen = (): Promise<void> =>
    new Promise((resolve) => {
      const failed = (error: NodeJS.ErrnoException): void => {
        if (!told)
          log.warn(
            { port: deps.port, error: error.code ?? error.message },
            'metrics and readiness cannot be served: another program is using the port. Choose another --metrics-port; until then Earshot keeps trying',
          );
        told = true;
        retry = clock.after(RETRY, () => void listen());
        resolve();
      };
      server.once('error', failed);
      server.listen(deps.port, host, () => {
        server.off('error', failed);
        server.on('error', () => undefined);
        const address = server.address();
        port = typeof address === 'object' && address ? address.port : undefined;
        log.info({ host, port }, 'metrics and readiness are served');
        resolve();
      });
    });
  await listen();
  return {
    get port() {
      return port;
    },
    async [Symbol.asyncDispose]() {
      retry?.[Symbol.dispose]();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
