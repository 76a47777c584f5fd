import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';

/** A file inside an npm package that is used although the package does not export it. */
export interface ForeignModule {
  readonly package: string;
  readonly version: string;
  /** Path inside the package. */
  readonly file: string;
  /** SHA-256 of the file in hexadecimal, so that only the tested file runs. */
  readonly sha256: string;
}

/** FFmpeg's AAC encoder, built by the mediabunny project. */
export const AAC_MODULE: ForeignModule = {
  package: '@mediabunny/aac-encoder',
  version: '1.59.0',
  file: 'dist/modules/build/aac.js',
  sha256: '3e44b391ddf0c6a90f122924957e98c61fcac0b2c733f144ce13c6c4ec9f65b3',
};

/** LAME, built by the mediabunny project. */
export const MP3_MODULE: ForeignModule = {
  package: '@mediabunny/mp3-encoder',
  version: '1.61.0',
  file: 'dist/modules/build/lame.js',
  sha256: '88738989c13b533ab2810d6dbb01463c18eecee398d29d2755613a70ddb95a6a',
};

/** Thrown when the installed file is not the one that was tested. */
export class ForeignModuleError extends Error {
  override readonly name = 'ForeignModuleError';
}

/**
 * Reads an Emscripten module from node_modules, checks its hash and starts it in memory (docs/adr/0003).
 * Every call makes a new instance with its own memory.
 * @throws ForeignModuleError when the file is missing or differs.
 */
export async function startForeignModule<T>(module: ForeignModule): Promise<T> {
  const path = locate(module);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ForeignModuleError(`${path} cannot be read; run npm ci`, { cause });
  });
  return (await adapt<T>(module, text))();
}

/** The factory inside the module's text. @throws ForeignModuleError when the text is not the pinned one. */
export function adapt<T>(module: ForeignModule, text: string): () => Promise<T> {
  const found = createHash('sha256').update(text).digest('hex');
  if (found !== module.sha256) {
    throw new ForeignModuleError(
      `${module.package}/${module.file} is not the file of version ${module.version} that Earshot was tested with ` +
        `(SHA-256 ${found}, expected ${module.sha256}). Run npm ci; see docs/adr/0003-aac-module-in-memory.md`,
    );
  }
  // The file is CommonJS that uses import.meta, so neither import nor require can load it unchanged.
  const body = text.replace('import.meta.url', '""').replace('exports.default = Module', 'return Module');
  return new Function('exports', body)({}) as () => Promise<T>;
}

/** The package exports none of its paths, so its folder is found through its package.json. */
function locate({ package: name, file }: ForeignModule): string {
  const manifest = findPackageJSON(name, import.meta.url);
  if (!manifest) throw new ForeignModuleError(`the package ${name} is not installed; run npm ci`);
  return join(dirname(manifest), file);
}
