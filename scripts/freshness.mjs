/** Whether the packages and the pages of a checkout fit its code. Plain JavaScript: `npm start` reads it on any Node. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why the installed packages are not those of the lock file, or undefined. npm writes its own copy of the lock last. */
export function missingPackage(root, dev) {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return 'first time, about a minute';
  const have = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  for (const [path, { version, optional, devOptional, dev: onlyDev }] of Object.entries(want)) {
    if (path === '' || (!dev && (onlyDev || devOptional))) continue;
    const found = have[path];
    if (found ? found.version !== version : !optional && !devOptional)
      return `${path.replace('node_modules/', '')} ${version}`;
    if (found && !optional && !existsSync(join(root, path, 'package.json'))) return `${path} is gone`;
  }
  return undefined;
}

/** Where the build says what it was made of. */
export const stampOf = (root) => join(root, 'dist', '.vite', 'sources');

/** Where Node keeps what it makes of our code, and so need not bring its compiler along. */
export const compiledOf = (root) => join(root, '.runtime', 'compiled');

/** One number for everything that the pages are made of. */
export function sourcesOf(root, parts = ['web', 'src/wire', 'src/base', 'src/verifier']) {
  const hash = createHash('sha256');
  const add = (path) => {
    if (existsSync(join(root, path)))
      hash
        .update(path)
        .update('\0')
        .update(readFileSync(join(root, path)))
        .update('\0');
  };
  for (const folder of parts) {
    const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
    const paths = files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath ?? file.path, file.name));
    for (const path of paths.sort()) add(path.slice(root.length));
  }
  for (const file of ['vite.config.ts', 'package-lock.json']) add(file);
  return hash.digest('hex');
}

/** True when the pages were built from other sources, or never. A folder without the sources has nothing to compare. */
export function pagesAreOld(root) {
  if (!existsSync(join(root, 'web')) || !existsSync(join(root, 'vite.config.ts'))) return false;
  return !existsSync(stampOf(root)) || readFileSync(stampOf(root), 'utf8') !== sourcesOf(root);
}
