import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { root } from './tree.ts';

/** Most JavaScript of an entry, everything it loads before it works, in bytes of brotli. Raised only by the change that needs it. */
const BUDGETS: Record<string, number> = {
  'web/listen/main.ts': 20_000,
  'web/studio/main.tsx': 60_000,
};

interface Chunk {
  readonly file: string;
  readonly imports?: readonly string[];
}

const manifest = join(root, 'dist', '.vite', 'manifest.json');

describe('budgets', () => {
  test.each(Object.entries(BUDGETS))('%s loads at most %d bytes of JavaScript', (entry, most) => {
    expect(existsSync(manifest), 'the pages are not built: npm run build').toBe(true);
    const chunks = JSON.parse(readFileSync(manifest, 'utf8')) as Record<string, Chunk>;
    const needed = new Set<string>();
    const add = (name: string): void => {
      if (needed.has(name)) return;
      needed.add(name);
      for (const next of chunks[name]?.imports ?? []) add(next);
    };
    add(entry);
    const sizes = [...needed].map((name) => {
      const file = chunks[name]?.file;
      if (file === undefined) throw new Error(`${name} is not in the manifest`);
      return brotliCompressSync(readFileSync(join(root, 'dist', file))).length;
    });
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(most);
  });
});
