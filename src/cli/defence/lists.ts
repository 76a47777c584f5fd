import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type DefenceAct, type ListedNetwork, REST, readNetwork } from '../../door/index.ts';

const ROOM_FOR_REMARK = '# addresses and networks, one a line; what follows # is a remark\n';
/** How long a lift stays in its file: doors look every two seconds. */
const LIFT_KEPT_MS = 60_000;
/** The last moment that a date can name. Spec: ECMAScript, time values. */
const LAST_MOMENT = 8.64e15;

/** Reads a file that may not be there. */
export const textOf = (path: string): Promise<string> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });

/** As it is written into a list: a single address without its bits. */
export const written = ({ address, bits, family }: ListedNetwork): string =>
  bits === (family === 'ipv4' ? 32 : 128) ? address : `${address}/${bits}`;

/** Whole before it has its name: doors read it at any time. */
async function replace(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await chmod(`${path}.new`, 0o600);
  await rename(`${path}.new`, path);
}

const networkIn = (line: string): string => line.replace(/#.*$/, '').trim();

/** Adds a network to a list; false when it is there already. */
export async function addTo(path: string, network: ListedNetwork, remark: string): Promise<boolean> {
  const text = await textOf(path);
  const line = written(network);
  if (text.split('\n').some((one) => networkIn(one) === line)) return false;
  const before = text === '' ? ROOM_FOR_REMARK : text.endsWith('\n') ? text : `${text}\n`;
  await replace(path, `${before}${line} # ${remark}\n`);
  return true;
}

/** Removes a network from a list; false when it was not there. */
export async function removeFrom(path: string, network: ListedNetwork): Promise<boolean> {
  const lines = (await textOf(path)).split('\n');
  const left = lines.filter((line) => networkIn(line) !== written(network));
  if (left.length === lines.length) return false;
  await replace(path, left.join('\n'));
  return true;
}

/** The networks of a list's text, as they are written; bad lines are left out. */
export const networksIn = (text: string): readonly string[] =>
  text
    .split('\n')
    .map(networkIn)
    .filter((line) => readNetwork(line) !== undefined);

/** The networks of a list, as they are written; bad lines are left out. */
export const networksOf = async (path: string): Promise<readonly string[]> => networksIn(await textOf(path));

/** What a door says that it does now; what is no act, in a file that was damaged, is left out. */
export function actsIn(text: string): readonly DefenceAct[] {
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return [];
  }
  const acts = (said as { readonly acts?: unknown } | null)?.acts;
  return Array.isArray(acts) ? acts.filter(isAct) : [];
}

const isAct = (one: unknown): one is DefenceAct => {
  const { who, scope, step, mode, reason, since, until } = (one ?? {}) as Record<string, unknown>;
  const texts = [scope, step, mode, reason].every((text) => typeof text === 'string');
  const times = [since, until].every((at) => Math.abs(Number(at)) <= LAST_MOMENT && typeof at === 'number');
  return texts && times && typeof who === 'string' && (who === REST || readNetwork(who) !== undefined);
};

/** Tells the doors to take back what they do about a network, or about all who share a row. `now`: wall-clock ms. */
export async function askLift(
  path: string,
  network: ListedNetwork | typeof REST,
  now: number,
): Promise<void> {
  const lines = (await textOf(path)).split('\n');
  const recent = lines.filter((line) => now - Number(line.split(' ')[0]) < LIFT_KEPT_MS);
  await replace(path, `${[...recent, `${now} ${network === REST ? REST : written(network)}`].join('\n')}\n`);
}
