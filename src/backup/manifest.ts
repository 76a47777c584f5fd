import { z } from 'zod';
import { EarshotError } from '../base/errors.ts';

/** The first member of a backup: what it is. */
export const HEAD = 'earshot-backup.json';
/** The last but one: what is in it. */
export const MANIFEST = 'manifest.json';
/** The last: the hash of the one before. */
export const SEAL = 'manifest.sha256';
/** The format that this version writes. */
export const FORMAT = 1;

const head = z.object({
  format: z.int(),
  earshot: z.string(),
  at: z.string(),
  engine: z.enum(['sqlite', 'postgres']),
  steps: z.array(z.string()),
});
const manifest = z.object({
  members: z.record(z.string(), z.object({ size: z.int(), sha256: z.string() })),
  tables: z.record(z.string(), z.object({ rows: z.int(), digest: z.string() })),
});

/** What a backup is: its format, who made it when, and the steps that made the tables. */
export type BackupHead = z.output<typeof head>;
/** What is in a backup. */
export type BackupManifest = z.output<typeof manifest>;

/** Says that a file is no whole backup. */
export const damaged = (path: string, said: string): EarshotError =>
  new EarshotError(
    'unprocessable',
    `${path} is no whole backup (${said}): nothing was changed; use another backup`,
  );

/** Reads the head. @throws EarshotError when a newer version made it. */
export function readHead(path: string, text: string): BackupHead {
  const format = (JSON.parse(text) as { format?: unknown }).format;
  if (typeof format === 'number' && format > FORMAT)
    throw new EarshotError(
      'unprocessable',
      `${path} was made by a newer Earshot (format ${format}): nothing was changed; use that version or a newer one`,
    );
  return head.parse(JSON.parse(text));
}

/** Reads the manifest. */
export const readManifest = (text: string): BackupManifest => manifest.parse(JSON.parse(text));
