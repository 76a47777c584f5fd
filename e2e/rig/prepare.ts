/**
 * Before the first file of a run: builds the pages unless they are built, and codes the hold music once for all its servers.
 * An installation does that once, in some seconds of a processor; twenty servers that each do it while somebody measures
 * would only measure that.
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
