import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Config } from '../config/index.ts';
import { readSecret } from '../keys/secret.ts';
import { openTokens } from '../keys/token.ts';
import { paths } from './paths.ts';

/**
 * The operator's link: its holder can start rooms, and act as host in each. The token stays in the fragment, so that
 * no server log sees it.
 */
export const operatorLink = (base: string, token: string): string => `${base}/#operator=${token}`;

/**
 * The current generation of operator's links, from the data folder; links of earlier generations were replaced.
 * Default 1.
 */
function generationAt(path: string): number {
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 1;
}

/** Keeps the token of the invitation that makes the first operator for the start to print; undefined: there is one. */
export function keepFirstInvitation(config: Pick<Config, 'data'>, token: string | undefined): void {
  const { firstInvitation } = paths(config.data);
  if (token === undefined) rmSync(firstInvitation, { force: true });
  else writeFileSync(firstInvitation, token, { mode: 0o600 });
}

/** The link that makes its opener the first operator; undefined when accounts have one. */
export function firstOperatorLink(config: Pick<Config, 'data'>, base: string): string | undefined {
  const { firstInvitation } = paths(config.data);
  if (!existsSync(firstInvitation)) return undefined;
  return `${base}/sign-up?invitation=${readFileSync(firstInvitation, 'utf8')}`;
}

/** Returns the generation at each call; the file is read only when it has changed. */
export function watchGeneration(data: string): () => number {
  const path = paths(data).operator;
  let seen = '';
  let generation = 1;
  return () => {
    const found = statSync(path, { throwIfNoEntry: false });
    const now = found ? `${found.mtimeMs} ${found.ino} ${found.size}` : '';
    if (now !== seen) generation = generationAt(path);
    seen = now;
    return generation;
  };
}

/**
 * A token of the operator, signed with the secret of the data folder; undefined where there is no secret to sign
 * with.
 */
export async function operatorToken(
  config: Pick<Config, 'data'>,
  seconds?: number,
): Promise<string | undefined> {
  const { secret, operator } = paths(config.data);
  if (!existsSync(secret)) return undefined;
  return openTokens(readSecret(secret)).signOperator(generationAt(operator), seconds);
}

/** Replaces the operator's link: all earlier ones stop working. */
export function renewOperatorLink(config: Pick<Config, 'data'>): void {
  const { operator } = paths(config.data);
  write(operator, generationAt(operator) + 1);
}

/** True only the first time for a data folder: the link must then be shown. */
export function isFirstTelling(config: Pick<Config, 'data'>): boolean {
  const { operator } = paths(config.data);
  if (existsSync(operator)) return false;
  write(operator, 1);
  return true;
}

function write(path: string, generation: number): void {
  writeFileSync(`${path}.new`, `${generation}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
