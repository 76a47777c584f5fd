/** Backups: one file out of a running installation, one file in, and the way from one database to another. */

export { readBackupMark, writeBackupMark } from './mark.ts';
export { type MoveOrder, moveDatabase } from './move.ts';
export { type CheckedBackup, checkBackup } from './read-backup.ts';
export {
  type BackupRestored,
  RESTORING,
  type RestoreOrder,
  restoreBackup,
} from './restore.ts';
export { type BackupMade, type BackupOrder, makeBackup } from './write-backup.ts';
