import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { type CertificateFiles, certificateStamp, readCertificate } from '../../certificate/certificate.ts';
import type { CertificateStatus } from '../../certificate/renewal.ts';
import type { Config } from '../../config/index.ts';
import { openOpenssl } from '../../native/openssl.ts';
import { certificateOf } from '../../role/certificate-files.ts';
import { paths } from '../../role/paths.ts';
import type { Finding } from './finding.ts';

const DAY_MS = 86_400_000;
/** A certificate with fewer days left than this should have been renewed. */
const SOON_DAYS = 14;
/**
 * Wanted limit of the kernel's send buffer per socket, bytes: unsent sound of a slow listener should wait in the
 * door, where it is counted.
 */
const WANTED_SEND_BUFFER = 4 * 1024 * 1024;

const GIVEN =
  'repair the files: running doors keep using the last good certificate, but no door and no Earshot will start with these files';
const OBTAINED =
  'restart Earshot, and it will request a new one: running doors keep using the last good certificate; doors that start refuse TLS until it arrives';

/** Checks the certificate: whether it can be used, its names, its remaining time, and the last renewal. */
export async function certificate(config: Config, now = Date.now()): Promise<Finding[]> {
  const of = certificateOf(config);
  const what = 'Certificate';
  if (!of) return [];
  const acme = config.acmeDomains.length > 0;
  const findings: Finding[] = [];
  if (of.later && (await certificateStamp(of.files)) === undefined)
    findings.push({
      ...{ what, state: 'notice', found: 'not obtained yet' },
      change:
        'it is obtained after the start, once port 80 of these names leads to --http-port on this machine',
    });
  else findings.push(await looked(of, config, now));
  if (acme) findings.push(...(await lastAttempt(config)));
  return findings;
}

async function looked(
  { files, later }: { files: CertificateFiles; later: boolean },
  config: Config,
  now: number,
): Promise<Finding> {
  const what = 'Certificate';
  try {
    const { names, from, until } = await readCertificate(files);
    const days = Math.floor((until - now) / DAY_MS);
    const found = `for ${names.join(', ')}, until ${new Date(until).toISOString().slice(0, 10)} (${days} days)`;
    const host = config.publicUrl && new URL(config.publicUrl).hostname;
    if (until < now)
      return { what, state: 'bad', found, change: 'it has expired and browsers refuse it: renew it' };
    if (from > now)
      return { what, state: 'bad', found, change: 'it is not valid yet: is the clock correct?' };
    if (host && !names.some((name) => covers(name, host)))
      return { what, state: 'bad', found, change: `it is not for ${host}, which --public-url names` };
    if (days < SOON_DAYS)
      return { what, state: 'notice', found, change: 'renew it; a changed file is picked up within 5 s' };
    return { what, state: 'good', found };
  } catch (error) {
    return {
      ...{ what, state: 'bad', found: (error as Error).message },
      change: later ? OBTAINED : GIVEN,
    };
  }
}

/** Spec: RFC 6125, 6.4.3. */
const covers = (name: string, host: string): boolean =>
  name === host ||
  (name.startsWith('*.') && host.includes('.') && host.slice(host.indexOf('.')) === name.slice(1));

async function lastAttempt(config: Config): Promise<Finding[]> {
  const text = await readFile(paths(config.data).certificateStatus, 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const { at, error, next } = JSON.parse(text) as CertificateStatus;
  const what = 'Renewal';
  const when = `${new Date(at).toISOString().slice(0, 16)}Z`;
  if (error === undefined) return [{ what, state: 'good', found: `last done ${when}` }];
  return [
    {
      ...{ what, state: 'notice', found: `failed ${when}: ${error}` },
      change: `is port 80 of ${config.acmeDomains.join(', ')} this machine's --http-port? Next try ${new Date(next).toISOString().slice(0, 16)}Z`,
    },
  ];
}

const read = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;

/** Checks the TCP settings of the kernel that matter to a crowd; nothing on systems without them. */
export function kernel(
  config: Config,
  sysctl: (name: string) => string | undefined = kernelSetting,
): Finding[] {
  const findings: Finding[] = [];
  const most = Number(sysctl('net.ipv4.tcp_wmem')?.split(/\s+/)[2]);
  if (most > WANTED_SEND_BUFFER)
    findings.push({
      ...{ what: 'Send buffers', state: 'notice', found: `up to ${most} bytes a socket` },
      change: `a listener that stalls may hold that much of the kernel's memory: sysctl net.ipv4.tcp_wmem="4096 16384 ${WANTED_SEND_BUFFER}"`,
    });
  else if (most > 0)
    findings.push({ what: 'Send buffers', state: 'good', found: `up to ${most} bytes a socket` });
  const migrates = sysctl('net.ipv4.tcp_migrate_req');
  if (migrates === '0' && config.doors > 1)
    findings.push({
      ...{
        what: 'A door that stops',
        state: 'notice',
        found: 'cuts off connections that are still waiting for it',
      },
      change: 'to let another door take them over: sysctl net.ipv4.tcp_migrate_req=1',
    });
  else if (migrates === '1')
    findings.push({
      what: 'A door that stops',
      state: 'good',
      found: 'hands connections that are still waiting to another door',
    });
  const first = Number(sysctl('net.ipv4.ip_unprivileged_port_start') ?? 1024);
  const low = [config.port, config.httpPort].filter((port) => port !== undefined && port > 0 && port < first);
  if (low.length > 0 && process.getuid?.() !== 0)
    findings.push({
      ...{
        what: `Port ${low.join(' and ')}`,
        state: 'notice',
        found: `below ${first} and this user is not root`,
      },
      change:
        'AmbientCapabilities=CAP_NET_BIND_SERVICE in the systemd unit, or sysctl net.ipv4.ip_unprivileged_port_start=80',
    });
  return findings;
}

const kernelSetting = (name: string): string | undefined => read(`/proc/sys/${name.replaceAll('.', '/')}`);

/** Checks that the public address leads to an Earshot, as far as this machine can tell. */
export async function reachable(config: Config): Promise<Finding[]> {
  const { publicUrl } = config;
  if (!publicUrl) return [];
  const what = `Reaching ${publicUrl}`;
  try {
    const answer = await fetch(`${publicUrl}/healthz`, {
      signal: AbortSignal.timeout(3000),
      redirect: 'manual',
    });
    if (answer.ok) return [{ what, state: 'good', found: 'answers' }];
    return [
      {
        what,
        state: 'notice',
        found: `answers ${answer.status}`,
        change: 'is it Earshot that is answering there?',
      },
    ];
  } catch (error) {
    const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
    const found = cause?.code ?? cause?.message ?? (error as Error).message;
    return [
      {
        ...{ what, state: 'notice', found },
        change:
          'fine before the start, or if this machine cannot reach its own public address; otherwise check DNS and the firewall',
      },
    ];
  }
}

/** Checks that streams over TLS can keep only their key; nothing without TLS. */
export async function light(config: Config): Promise<Finding[]> {
  const what = 'Streams over TLS';
  if (!certificateOf(config)) return [];
  if (!config.lightTls)
    return [{ what, state: 'notice', found: 'keep the whole connection: the setting lightTls is "no"' }];
  const openssl = await openOpenssl();
  return typeof openssl === 'string'
    ? [
        {
          ...{ what, state: 'notice', found: `keep the whole connection: ${openssl}` },
          change:
            'nothing is wrong; where it is available, a crowd of listeners takes half the memory and less CPU',
        },
      ]
    : [{ what, state: 'good', found: 'keep only their key once they are running: half the memory' }];
}
