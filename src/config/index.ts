/**
 * The configuration: flags override the environment, which overrides the file, which overrides the defaults. It is
 * checked before anything starts.
 */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { EarshotError } from '../base/errors.ts';
import { type Config, load, readFlags } from './load.ts';

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user may not read it',
};

/**
 * The configuration of this process: its flags (without program and command), its environment, and the file that they
 * name. This is the only reader of `process.env`.
 * @throws EarshotError `bad-config`.
 */
export function fromProcess(argv: readonly string[]): Config {
  const { flags, path = process.env.EARSHOT_CONFIG } = splitConfig(argv);
  const cores = availableParallelism();
  if (!path) return load({ flags, env: process.env, cores });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    throw new EarshotError(
      'bad-config',
      `the configuration file ${path} cannot be read: ${WHY[code] ?? message}`,
      { cause },
    );
  }
  return load({ flags, env: process.env, file: { path, text }, cores });
}

/**
 * The environment of this process extended by `more`, for another process. Variables that are already set stay, except
 * those in `instead`.
 */
export const environmentWith = (
  more: Readonly<Record<string, string>>,
  instead: Readonly<Record<string, string>> = {},
): Record<string, string | undefined> => ({ ...more, ...process.env, ...instead });

function splitConfig(argv: readonly string[]): { flags: string[]; path: string | undefined } {
  const flags: string[] = [];
  let path: string | undefined;
  for (const { name, value } of readFlags(argv)) {
    if (name === '--config' && value) path = value;
    else flags.push(...(value === undefined ? [name] : [`${name}=${value}`]));
  }
  return { flags, path };
}

export { type Config, envName, flagName, KEYS, type Key, load, type Sources } from './load.ts';
export { describe, manualPage, samplePage } from './manual.ts';
