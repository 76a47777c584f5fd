/** What `doctor` looks at of what Earshot needs from others: ports, database, TURN, and what the settings let strangers do. */
import { createServer } from 'node:net';
import { udpPortTrouble } from '../base/udp-port.ts';
import type { Config } from '../config/index.ts';
import { paths } from '../role/paths.ts';
import { certificateOf } from '../role/tls.ts';
import { lookAt } from '../store/index.ts';
import type { Finding } from './finding.ts';
import { serverAddress } from './local-server.ts';
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

/** The public port: free, held by the Earshot of this data folder, by another Earshot, or by another program. */
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
        found: `another Earshot has it; it uses another data folder than ${config.data}`,
      },
      change:
        'give --data of that one, or choose another port for this one: --port, --udp-port and --metrics-port',
    };
  const error = config.port === 0 ? undefined : await tried(config.port, config.host);
  if (!error)
    return now
      ? {
          ...{ what, state: 'bad', found: `Earshot runs on ${config.data} and does not answer here` },
          change:
            'is it started with another --port or --host? Otherwise see its log and /readyz on its metrics port',
        }
      : { what, state: 'good', found: 'free' };
  const change =
    error.code === 'EACCES'
      ? 'ports below 1024 need a right: see docs/tls.md, or use --port 8080 behind a proxy'
      : error.code === 'EADDRNOTAVAIL'
        ? 'this machine has no such address: look at --host'
        : 'another program has it: choose another with --port';
  return { what, state: 'bad', found: error.code ?? error.message, change };
}

/** The port of metrics and readiness. */
export async function metricsPort(config: Config, now: Running | undefined): Promise<Finding> {
  const what = `Metrics port ${config.metricsPort}`;
  if (config.metricsPort === 0) return { what, state: 'good', found: 'any free one' };
  const error = await tried(config.metricsPort, config.metricsHost);
  if (!error)
    return now
      ? {
          what,
          state: 'notice',
          found: 'free, though Earshot runs',
          change: 'is it started with another --metrics-port?',
        }
      : { what, state: 'good', found: 'free' };
  if (error.code === 'EADDRINUSE' && now) {
    const said = await fetch(`http://127.0.0.1:${config.metricsPort}/readyz`, {
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
              change: `see the log, and curl http://127.0.0.1:${config.metricsPort}/readyz`,
            },
            found: `${OURS}; not well: ${failed(said)}`,
          };
  }
  return {
    ...{ what, state: 'notice', found: error.code ?? error.message },
    change:
      'another program has it: there are no metrics until you choose another --metrics-port; nobody loses sound',
  };
}

const failed = (text: string): string =>
  text
    .split('\n')
    .filter((line) => / failed\b/.test(line))
    .map((line) => line.replace(/\s+/g, ' ').trim())
    .join('; ');

/** The UDP ports of the studio cells. */
export async function udp(config: Config, now: Running | undefined): Promise<Finding[]> {
  if (config.udpPort === 0)
    return [
      {
        ...{ what: 'UDP for speakers', state: 'notice', found: 'any free port' },
        change: 'set --udp-port so that a firewall can let it in',
      },
    ];
  return Promise.all(
    Array.from({ length: config.cells }, (_, i) => config.udpPort + i).map(
      async (number): Promise<Finding> => {
        const what = `UDP port ${number} for speakers`;
        const trouble = await udpPortTrouble(number);
        if (trouble === undefined)
          return now
            ? {
                what,
                state: 'notice',
                found: 'free, though Earshot runs',
                change: 'is it started with another --udp-port?',
              }
            : { what, state: 'good', found: 'free; open it in the firewall' };
        if (now && trouble.includes('another program has it'))
          return { what, state: 'good', found: `${OURS}; open it in the firewall` };
        return { what, state: 'bad', found: 'cannot be used', change: trouble };
      },
    ),
  );
}

/** Whether the database answers. */
export async function database(config: Config): Promise<Finding> {
  const { ok, says } = await lookAt(config.database ?? `sqlite:${paths(config.data).database}`);
  const what = 'Database';
  return ok
    ? { what, state: 'good', found: says }
    : { what, state: 'bad', found: 'cannot be used', change: says };
}

/** Whether the TURN servers give what speakers in closed networks will ask of them. */
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
          found: 'no address of a server',
          change: 'write turn:HOST:PORT?transport=udp',
        };
      const answer = await probeTurn({ ...server, username, credential });
      if (answer === 'allocates') return { what, state: 'good', found: 'gives a relayed address' };
      if (answer === 'reached')
        return {
          what,
          state: 'notice',
          found: 'takes connections; more is not tried over TCP',
          change: 'Chromium needs TURN over UDP',
        };
      if (answer === 'silent')
        return {
          what,
          state: 'bad',
          found: 'does not answer',
          change: 'is it running, its name right, and its port open for UDP?',
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
            change: 'look at username and credential in iceServers, and at the users of the TURN server',
          };
    }),
  );
}

/** A proxy that must be there, by the settings, and is not listed. */
export function proxy(config: Config): Finding[] {
  const { publicUrl, trustedProxies } = config;
  if (!publicUrl?.startsWith('https:') || certificateOf(config) || trustedProxies.length > 0) return [];
  return [
    {
      ...{
        what: 'Proxy in front',
        state: 'notice',
        found: `${publicUrl} is https, Earshot speaks plain HTTP, and trustedProxies is empty`,
      },
      change:
        'name the proxy: --trusted-proxies 127.0.0.1 where it runs on this machine. Without it everyone counts as one network; from 127.0.0.1 that one is not limited at all',
    },
  ];
}
