/**
 * Runs before the first file: builds the pages unless they are built, and codes the hold music once for all servers. An
 * installation does this once, in some seconds of processor time. Twenty servers that each did it would disturb the
 * measurements.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { paths } from '../../src/role/paths.ts';
import { loadLoops } from '../../src/standby/standby-loops.ts';
import { built } from './built.ts';
import { PREPARED } from './server.ts';

export default async function prepare(): Promise<() => void> {
  await built();
  const folder = mkdtempSync(join(tmpdir(), 'earshot-prepared-'));
  await loadLoops(paths(folder).loops);
  process.env[PREPARED] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
