import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './tree.ts';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly optional?: boolean;
  readonly peer?: boolean;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly license?: string;
}

const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
const packages = read('package-lock.json').packages as Record<string, Locked>;
const wanted = packages[''] as Locked;

/** Where Node would find `name` from the package at `from`. */
function found(from: string, name: string): Locked | undefined {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const entry = packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`];
    if (entry || at === '') return entry;
  }
}

describe('the lock file', () => {
  test('holds every package that one of its packages asks for, those for other machines too: npm ci insists', () => {
    const missing = Object.entries(packages).flatMap(([path, entry]) =>
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
        .filter((name) => !found(path, name))
        .map((name) => `${path} asks for ${name}`),
    );
    expect(missing).toEqual([]);
  });

  test('is about the very versions that package.json names, and those are exact', () => {
    const { dependencies, devDependencies } = read('package.json') as Locked;
    expect([wanted.dependencies, wanted.devDependencies]).toEqual([dependencies, devDependencies]);
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      // DuckDB marks a release of its packages for Node with -r.N.
      ([, v]) => !/^\d+\.\d+\.\d+(-r\.\d+)?$/.test(v),
    );
    expect(loose).toEqual([]);
  });

  test('knows the hash of everything that a Linux or macOS machine runs', () => {
    const bare = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && !integrity);
    // Formatter packages for platforms that the registry did not offer when the lock was written; development only.
    expect(
      bare.map(([path]) => path).filter((path) => !path.startsWith('node_modules/@biomejs/cli-')),
    ).toEqual([]);
  });

  test('brings nothing whose licence asks for more than naming it', () => {
    const kind =
      /^\(?(MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|MPL[- ]2\.0|OFL-1\.1|BlueOak-1\.0\.0|Python-2\.0|CC0-1\.0|Unlicense)\b/;
    // It names its licence (MIT) in an old field that lock files do not copy. It comes with video.js, which only tests
    // use.
    const older = ['node_modules/dom-walk'];
    const others = Object.entries(packages).filter(
      ([path, { license }]) => path !== '' && !older.includes(path) && !kind.test(license ?? ''),
    );
    expect(others.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });
});
