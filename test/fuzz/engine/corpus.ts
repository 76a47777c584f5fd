import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from '../../house/tree.ts';

/** Where the targets are; each has its file of kept inputs below `corpus/`. */
export const FOLDER = join(root, 'test/fuzz');
const ENDING = '.fuzz.ts';

/** The names of all targets. */
export const targetNames = (): string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(ENDING))
    .map((name) => name.slice(0, -ENDING.length))
    .sort();

/** The file of a target: one of `test/fuzz/`, or a path. */
export const targetFile = (name: string): string =>
  name.endsWith('.ts') ? resolve(name) : join(FOLDER, `${name}${ENDING}`);

/** What a target covers, read from its text: it has to be known before anything is imported. */
export function coversOf(file: string): string[] {
  const [, list] = /\bcovers: (\[[^\]]*\])/.exec(readFileSync(file, 'utf8')) ?? [];
  if (list === undefined) throw new Error(`${file} does not say what it covers`);
  return [...list.matchAll(/'([^']+)'/g)].map(([, path = '']) => path);
}

const corpusFile = (name: string): string => join(FOLDER, 'corpus', `${name}.corpus`);

/** The kept inputs of a target: one a line, as a JSON string with a character for each byte. */
export function readCorpus(name: string): Buffer[] {
  if (name.endsWith('.ts') || !existsSync(corpusFile(name))) return [];
  const lines = readFileSync(corpusFile(name), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => Buffer.from(JSON.parse(line) as string, 'latin1'));
}

/** Keeps inputs in place of those before. */
export function writeCorpus(name: string, inputs: readonly Uint8Array[]): void {
  mkdirSync(join(FOLDER, 'corpus'), { recursive: true });
  // Written with escapes alone, so that no editor and no diff changes a byte.
  const escaped = (text: string): string =>
    JSON.stringify(text).replace(
      /[\u007f-\uffff]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
  const lines = inputs.map((input) => `${escaped(Buffer.from(input).toString('latin1'))}\n`);
  writeFileSync(corpusFile(name), lines.join(''));
}

/** Writes the input of a find below `folder`; its path. */
export function writeFind(folder: string, name: string, what: string, input: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  const hash = createHash('sha256').update(input).digest('hex').slice(0, 12);
  const path = join(folder, `${name.replace(/[^\w-]+/g, '-')}-${what}-${hash}`);
  writeFileSync(path, input);
  return path;
}
