import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { EarshotError } from '../base/errors.ts';
import { schema } from './schema.ts';
import { manual } from './setting.ts';

/**
 * The whole configuration; durations in ms, sizes in bytes. It is plain data, so that it can be passed to another
 * process.
 */
export type Config = Readonly<z.output<typeof schema>>;
/** The name of a setting. */
export type Key = keyof Config;

/** All settings in the order of the manual. */
export const KEYS = Object.keys(schema.shape) as Key[];

/** The environment variable of a key: `udpPort` is `EARSHOT_UDP_PORT`. */
export const envName = (key: Key): string => `EARSHOT_${snake(key).toUpperCase()}`;
/**
 * Other names under which a variable is known; both may be set if they say the same. Hosts of programs often give the
 * address of a database as `…_DATABASE_URL`.
 */
const OTHER_NAMES: Readonly<Record<string, Key>> = { EARSHOT_DATABASE_URL: 'database' };
/** Those other names of a key. */
export const otherNames = (key: Key): string[] =>
  Object.keys(OTHER_NAMES).filter((name) => OTHER_NAMES[name] === key);
/** The flag of a key: `udpPort` is `--udp-port`. */
export const flagName = (key: Key): string => `--${snake(key).replaceAll('_', '-')}`;

const snake = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The sources of the configuration; a later one overrides an earlier one: file, environment, flags. */
export interface Sources {
  /** As on a command line, without program and command. */
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A file of `EARSHOT_KEY=value` lines. */
  readonly file?: { readonly path: string; readonly text: string };
  /** Processor cores, for `auto`. */
  readonly cores: number;
}

/**
 * The configuration from its sources.
 * @throws EarshotError `bad-config` with every unknown key and unusable value, one line each.
 */
export function load(sources: Sources): Config {
  const wrong: string[] = [];
  const values: Record<string, string | undefined> = {};
  const from: Record<string, string> = {};
  const put = (key: Key, value: string | undefined, name: string): void => {
    if (value === undefined || value.trim() === '') return;
    values[key] = value;
    from[key] = name;
  };

  const byEnv = new Map(KEYS.map((key) => [envName(key), key]));
  /** Puts a variable under either of its names; false if it is none. */
  const putVariable = (name: string, value: string | undefined, of: Sources['env'], where = ''): boolean => {
    const key = byEnv.get(name) ?? OTHER_NAMES[name];
    if (!key) return false;
    const usual = name === envName(key) ? undefined : unquoted(of?.[envName(key)]);
    const differs = usual && value?.trim() && usual !== value.trim();
    if (differs) wrong.push(`${name} beside ${envName(key)}${where}: they differ; set one of them`);
    else put(key, value, `${name}${where}`);
    return true;
  };
  // Some editors put a byte order mark at the beginning.
  const text = sources.file?.text.replace(/^\ufeff/, '');
  const fileValues: Record<string, string | undefined> = text === undefined ? {} : parseEnv(text);
  if (sources.file) wrong.push(...strayLines(sources.file, Object.values(fileValues)));
  for (const [name, value] of Object.entries(fileValues)) {
    const where = ` in ${sources.file?.path}`;
    if (!putVariable(name, value, fileValues, where))
      wrong.push(unknown(`${name}${where}`, value, name, byEnv));
  }
  for (const [name, value] of Object.entries(sources.env ?? {})) {
    if (!name.startsWith('EARSHOT_') || name === 'EARSHOT_CONFIG' || isServiceLink(name, value)) continue;
    if (!putVariable(name, unquoted(value), sources.env)) wrong.push(unknown(name, value, name, byEnv));
  }
  const byFlag = new Map(KEYS.map((key) => [flagName(key), key]));
  for (const { name, value } of readFlags(sources.flags ?? [])) {
    const key = byFlag.get(name);
    if (!key) wrong.push(unknown(name, value, name, byFlag));
    else if (value === undefined)
      wrong.push(`${name}: the value is missing (${manual.get(schema.shape[key])?.unit})`);
    else put(key, value, name);
  }

  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const key = String(issue.path[0]) as Key;
      const shown = manual.get(schema.shape[key])?.secret ? '…' : values[key];
      wrong.push(`${from[key] ?? envName(key)} = ${shown}: ${issue.message}`);
    }
  }
  if (wrong.length > 0 || !parsed.data) throw new EarshotError('bad-config', wrong.join('\n'));
  const config = parsed.data;
  const tls = tlsFault(config);
  if (tls) throw new EarshotError('bad-config', tls);
  const [name] = config.acmeDomains;
  const suffix = config.port === 443 ? '' : `:${config.port}`;
  return {
    ...config,
    publicUrl: config.publicUrl ?? (name === undefined ? undefined : `https://${name}${suffix}`),
    doors: config.doors || Math.max(1, sources.cores - 1),
    cells: config.cells || (sources.cores >= 4 ? 2 : 1),
  };
}

const LINK_NAME = /_(?:SERVICE_(?:HOST|PORT(?:_\w+)?)|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/;
const LINK_VALUE = /^(?:tcp|udp|sctp):\/\//;

/**
 * True for variables that Kubernetes sets in each container for a service called `earshot` or `earshot-…`
 * (`EARSHOT_PORT` is then `tcp://10.0.0.1:8080`), and Docker for a linked container. Spec: Kubernetes, Service,
 * environment variables.
 */
const isServiceLink = (name: string, value = ''): boolean =>
  LINK_NAME.test(name) || (name.endsWith('_PORT') && LINK_VALUE.test(value));

/**
 * Removes quotation marks around the whole value, because `docker run --env-file` passes them on. No value begins with
 * one.
 */
const unquoted = (value: string | undefined): string | undefined =>
  value?.trim().replace(/^(["'])(.*)\1$/s, '$2');

/** Lines that are no setting, no comment and no part of a quoted value; `parseEnv` would ignore them silently. */
function strayLines(file: { path: string; text: string }, values: readonly (string | undefined)[]): string[] {
  const quoted = new Set(values.flatMap((value) => (value?.includes('\n') ? value.split('\n') : [])));
  return file.text.split('\n').flatMap((line, index) => {
    const text = line.trim();
    if (text === '' || text.startsWith('#') || text.includes('=')) return [];
    if (quoted.has(line) || quoted.has(line.replace(/["'`]\s*$/, ''))) return [];
    return [`line ${index + 1} of ${file.path}: use NAME=value; a comment begins with #`];
  });
}

/** What is inconsistent in the TLS settings. */
function tlsFault(config: z.output<typeof schema>): string | undefined {
  const { tlsCert, tlsKey, httpPort, acmeDomains, acmeAgree } = config;
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    return `${envName('tlsCert')} and ${envName('tlsKey')}: set both, or none`;
  const acme = acmeDomains.length > 0;
  if (acme && tlsCert !== undefined)
    return `${envName('acmeDomains')} beside ${envName('tlsCert')}: choose one`;
  if (acme && httpPort === undefined)
    return `${envName('acmeDomains')}: set ${envName('httpPort')} (80 in public) as well`;
  if (acme && !acmeAgree)
    return `${envName('acmeDomains')}: the certificate authority asks you to agree to its terms: ${envName('acmeAgree')}=yes`;
  if (httpPort !== undefined && !acme && tlsCert === undefined)
    return `${envName('httpPort')} = ${httpPort}: only beside TLS; the public port is ${envName('port')}`;
  if (httpPort !== undefined && httpPort === config.port && httpPort !== 0)
    return `${envName('httpPort')} = ${httpPort}: that is ${envName('port')} already`;
  return undefined;
}

/** `--key value` and `--key=value`; anything else is returned as a name without a value. */
export function readFlags(flags: readonly string[]): { name: string; value: string | undefined }[] {
  const read: { name: string; value: string | undefined }[] = [];
  for (let i = 0; i < flags.length; i++) {
    const flag = flags[i] ?? '';
    const equals = flag.indexOf('=');
    const next = flags[i + 1];
    if (flag.startsWith('--') && equals > 0)
      read.push({ name: flag.slice(0, equals), value: flag.slice(equals + 1) });
    else if (flag.startsWith('--') && next !== undefined && !next.startsWith('--')) {
      read.push({ name: flag, value: next });
      i++;
    } else read.push({ name: flag, value: undefined });
  }
  return read;
}

function unknown(
  place: string,
  value: string | undefined,
  name: string,
  known: ReadonlyMap<string, Key>,
): string {
  const near = [...known].map(([k, key]) => ({ k, key, d: distance(name, k) })).sort((a, b) => a.d - b.d)[0];
  const meant = near && near.d <= 3 ? near : undefined;
  const hint = meant ? ` Did you mean ${meant.k}?` : ' See docs/configuration.md.';
  const shown = meant && manual.get(schema.shape[meant.key])?.secret ? '…' : value;
  return `${place}${value === undefined ? '' : ` = ${shown}`}: there is no such setting.${hint}`;
}

/** Edits between two names (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
