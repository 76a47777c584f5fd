import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import type { Config } from '../config/index.ts';
import { readSecret } from '../keys/secret.ts';
import { openTokens } from '../keys/token.ts';
import { paths } from './paths.ts';

/** Where the link that lets its holder start rooms, and act as host in each, leads. The token stays in the fragment, so that no server log sees it. */
export const operatorLink = (base: string, token: string): string => `${base}/#operator=${token}`;

/** The generation of operator's links that are good, from the data folder; links of lower ones were replaced. Default 1. */
function generationAt(path: string): number {
  const text = existsSync(path) ? readFileSync(path, 'utf8').trim() : '';
  return /^\d{1,9}$/.test(text) ? Number(text) : 1;
}

/** Asks for the generation as often as one likes: the file is read when it has changed. */
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

/** A token of the operator, signed with the secret of the data folder; undefined where there is no secret to sign with. */
export async function operatorToken(
  config: Pick<Config, 'data'>,
  seconds?: number,
): Promise<string | undefined> {
  const { secret, operator } = paths(config.data);
  if (!existsSync(secret)) return undefined;
  return openTokens(readSecret(secret)).signOperator(generationAt(operator), seconds);
}

/** Replaces the operator's link: every one before is worth nothing from now on. */
export function renewOperatorLink(config: Pick<Config, 'data'>): void {
  const { operator } = paths(config.data);
  write(operator, generationAt(operator) + 1);
}

/** True once, in the life of a data folder: then somebody must be told the link. */
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
