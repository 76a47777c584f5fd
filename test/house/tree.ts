import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** One file of the project, by its path from the root. */
export interface Source {
  readonly path: string;
  readonly text: string;
}

/** Files below `folders` whose name matches, in order of their path. */
export function files(folders: readonly string[], name: RegExp): Source[] {
  return folders
    .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((path) => !/(^|\/)(node_modules|dist|build)\//.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** One import: what is imported and whether only types are. */
export interface Import {
  /** A path from the root for the project's own files, else the package as written. */
  readonly target: string;
  readonly own: boolean;
  readonly typeOnly: boolean;
}

const IMPORT =
  /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** Every import of a source, also re-exports and dynamic ones. Comments do not count. */
export function imports({ path, text }: Source): Import[] {
  const code = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
  return [...code.matchAll(IMPORT)].map(([, type, fixed, dynamic]) => {
    const written = fixed ?? dynamic ?? '';
    const own = written.startsWith('.');
    return {
      own,
      typeOnly: type !== undefined,
      target: own ? relative(root, resolve(root, dirname(path), written)) : written,
    };
  });
}

/** True for tests, which may import more than the code that they test. */
export const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path);
