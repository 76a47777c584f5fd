import { writeFile } from 'node:fs/promises';
import type { BackupMade } from './write-backup.ts';

/** When the last backup was made, and how large it was: not where it is. */
export interface BackupMark {
  /** Wall-clock ms. */
  readonly at: number;
  readonly bytes: number;
  readonly files: number;
  readonly rows: number;
}

/** Leaves word of a backup for the operator's page. The running server may be another user, so everybody may read it. */
export async function writeBackupMark(path: string, at: number, made: BackupMade): Promise<void> {
  const { bytes, files, rows } = made;
  await writeFile(path, `${JSON.stringify({ at, bytes, files, rows })}\n`, { mode: 0o644 });
}

/** Reads it; undefined for anything else. */
export function readBackupMark(text: string): BackupMark | undefined {
  try {
    const { at, bytes, files, rows } = JSON.parse(text) as Record<string, unknown>;
    const mark = { at, bytes, files, rows };
    return Object.values(mark).every((value) => Number.isSafeInteger(value) && (value as number) >= 0)
      ? (mark as unknown as BackupMark)
      : undefined;
  } catch {
    return undefined;
  }
}
