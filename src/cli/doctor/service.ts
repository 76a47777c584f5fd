/** The checks of `doctor` on what Earshot needs from others: ports, database, TURN, proxies. */
import { createServer } from 'node:net';
import { udpPortTrouble } from '../../base/udp-port.ts';
import type { Config } from '../../config/index.ts';
import { certificateOf } from '../../role/certificate-files.ts';
import { paths } from '../../role/paths.ts';
import { lookAt } from '../../store/index.ts';
import { inAddress, serverAddress } from '../local-server.ts';
import type { Finding } from './finding.ts';
import type { Running } from './running.ts';
import { probeTurn, turnServer } from './turn-probe.ts';

const HEALTH_MS = 2000;
const OURS = 'in use by this Earshot';

const tried = (port: number, host: string): Promise<NodeJS.ErrnoException | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });

/**
 * Checks the public port: free, or held by the Earshot of this data folder, by another Earshot, or by another program.
 */
export async function port(config: Config, now: Running | undefined): Promise<Finding> {
  const what = `TCP port ${config.port}`;
  const health = await fetch(`${serverAddress(config)}/healthz`, {
    signal: AbortSignal.timeout(HEALTH_MS),
  }).then(
    async (response) => response.ok && (await response.text()).trim() === 'ok',
    () => false,
  );
  if (health && now) return { what, state: 'good', found: `${OURS}, which answers` };
  if (health)
    return {
      ...{
        what,
        state: 'bad',
        found: `another Earshot is using it, with a data folder other than ${config.data}`,
      },
      change:
        'name its folder with --data, or choose other ports for this Earshot: --port, --udp-port and --metrics-port',
    };
  const error = config.port === 0 ? undefined : await tried(config.port, config.host);
  if (!error)
    return now
      ? {
          ...{
            what,
            state: 'bad',
            found: `an Earshot is running on ${config.data} but does not answer here`,
          },
          change:
            'was it started with another --port or --host? If not, see its log and /readyz on its metrics port',
        }
      : { what, state: 'good', found: 'free' };
  const change =
    error.code === 'EACCES'
      ? 'ports below 1024 need a privilege: see docs/tls.md, or use --port 8080 behind a proxy'
      : error.code === 'EADDRNOTAVAIL'
        ? 'this machine has no such address: check --host'
        : 'another program is using it: choose another port with --port';
  return { what, state: 'bad', found: error.code ?? error.message, change };
}

const metricsAddress = ({ metricsHost, metricsPort }: Config): string => {
  const host = metricsHost === '0.0.0.0' || metricsHost === '::' ? '127.0.0.1' : metricsHost;
  return `http://${inAddress(host)}:${metricsPort}`;
};

/** Checks the port of metrics and readiness. */
export async function metricsPort(config: Config, now: Running | undefined): Promise<Finding> {
  const what = `Metrics port ${config.metricsPort}`;
  if (config.metricsPort === 0) return { what, state: 'good', found: 'any free one' };
  const error = await tried(config.metricsPort, config.metricsHost);
  if (!error)
    return now
      ? {
          what,
          state: 'notice',
          found: 'free, although Earshot is running',
          change: 'was it started with another --metrics-port?',
        }
      : { what, state: 'good', found: 'free' };
  if (error.code === 'EADDRINUSE' && now) {
    const said = await fetch(`${metricsAddress(config)}/readyz`, {
      signal: AbortSignal.timeout(HEALTH_MS),
    }).then(
      (response) => response.text(),
      () => '',
    );
    if (/^(?:not )?ready\n/.test(said))
      return said.startsWith('ready')
        ? { what, state: 'good', found: `${OURS}; every part is well` }
        : {
            ...{
              what,
              state: 'bad',
              change: `see the log, and curl ${metricsAddress(config)}/readyz`,
            },
            found: `${OURS}; not well: ${failed(said)}`,
          };
  }
  return {
    ...{ what, state: 'notice', found: error.code ?? error.message },
    change:
      'another program is using it: there are no metrics until you choose another --metrics-port; sound is not affected',
  };
}

const failed = (text: string): string =>
  text
    .split('\n')
    .filter((line) => / failed\b/.test(line))
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .join('; ');

/** Checks the UDP ports of the studio cells. */
export async function udp(config: Config, now: Running | undefined): Promise<Finding[]> {
  if (config.udpPort === 0)
    return [
      {
        ...{ what: 'UDP for speakers', state: 'notice', found: 'any free port' },
        change: 'set --udp-port so that a firewall can let it in',
      },
    ];
  // The last is that of the cell for rooms that crash: it holds its port only while it has some.
  return Promise.all(
    Array.from({ length: config.cells + 1 }, (_, i) => config.udpPort + i).map(
      async (number, index): Promise<Finding> => {
        const sleeps = index === config.cells;
        const what = `UDP port ${number} for speakers${sleeps ? ' of rooms that are kept apart' : ''}`;
        const trouble = await udpPortTrouble(number);
        if (trouble === undefined)
          return now && !sleeps
            ? {
                what,
                state: 'notice',
                found: 'free, although Earshot is running',
                change: 'was it started with another --udp-port?',
              }
            : { what, state: 'good', found: 'free; open it in the firewall' };
        if (now && trouble.includes('another program is using it'))
          return { what, state: 'good', found: `${OURS}; open it in the firewall` };
        return { what, state: 'bad', found: 'cannot be used', change: trouble };
      },
    ),
  );
}

/** Checks whether the database answers. */
export async function database(config: Config): Promise<Finding> {
  const { ok, says } = await lookAt(config.database ?? `sqlite:${paths(config.data).database}`);
  const what = 'Database';
  return ok
    ? { what, state: 'good', found: says }
    : { what, state: 'bad', found: 'cannot be used', change: says };
}

/** Checks that TURN servers give speakers in closed networks what they will ask for. */
export async function turn(config: Config): Promise<Finding[]> {
  const servers = config.iceServers.filter(({ urls }) => /^turns?:/.test(urls));
  return Promise.all(
    servers.map(async ({ urls, username, credential }): Promise<Finding> => {
      const what = `TURN ${urls}`;
      const server = turnServer(urls);
      if (!server)
        return {
          what,
          state: 'bad',
          found: 'not a server address',
          change: 'write turn:HOST:PORT?transport=udp',
        };
      const answer = await probeTurn({ ...server, username, credential });
      if (answer === 'allocates') return { what, state: 'good', found: 'gives a relayed address' };
      if (answer === 'reached')
        return {
          what,
          state: 'notice',
          found: 'accepts connections; nothing more is tested over TCP',
          change: 'Chromium needs TURN over UDP',
        };
      if (answer === 'silent')
        return {
          what,
          state: 'bad',
          found: 'does not answer',
          change: 'check that it is running, that its name is right, and that its UDP port is open',
        };
      return username === undefined
        ? {
            what,
            state: 'notice',
            found: 'answers; its credentials are made for each speaker and were not tried',
          }
        : {
            what,
            state: 'bad',
            found: 'refuses these credentials',
            change: 'check username and credential in iceServers, and the users of the TURN server',
          };
    }),
  );
}

const LIST_IT =
  'list the proxy: --trusted-proxies 127.0.0.1 (and ::1) if it runs on this machine. Until then everyone behind it counts as this machine: no client is limited individually, and most of them are missing in the figures of listeners';

/**
 * Finds a proxy that is missing in `trustedProxies`: one that the running doors have met on this machine (they count
 * requests that name another client), or one that the settings imply.
 */
export async function proxy(config: Config, now: Running | undefined): Promise<Finding[]> {
  const what = 'Proxy in front';
  const met = now ? await unlistedRequests(config) : undefined;
  if (met !== undefined && met > 0)
    return [
      {
        ...{ what, state: 'bad', change: LIST_IT },
        found: `${met} request${met === 1 ? '' : 's'} came from this machine and named another client (X-Forwarded-For), and trustedProxies does not list this machine`,
      },
    ];
  const { publicUrl, trustedProxies } = config;
  if (!publicUrl?.startsWith('https:') || certificateOf(config) || trustedProxies.length > 0) return [];
  return [
    {
      ...{ what, state: 'notice', change: LIST_IT },
      found: `${publicUrl} is https, Earshot speaks plain HTTP, and trustedProxies is empty${met === 0 ? '; no request has come through a proxy on this machine yet' : ''}`,
    },
  ];
}

/**
 * Requests from unlisted proxies on this machine, by the metrics of all doors; undefined when there are no metrics.
 */
async function unlistedRequests(config: Config): Promise<number | undefined> {
  const text = await fetch(`${metricsAddress(config)}/metrics`, {
    signal: AbortSignal.timeout(HEALTH_MS),
  }).then(
    (response) => response.text(),
    () => '',
  );
  const values = [...text.matchAll(/^earshot_door_unlisted_proxy_requests_total(?:\{[^}]*\})? (\d+)/gm)];
  return values.length === 0 ? undefined : values.reduce((sum, [, value]) => sum + Number(value), 0);
}
