import { readFileSync } from 'node:fs';
import { answers } from '../../base/socket-file.ts';
import type { Config } from '../../config/index.ts';
import { paths } from '../../role/paths.ts';

/** The Earshot that runs on a data folder. */
export interface Running {
  /** The process id of its supervisor; undefined when unknown. */
  readonly pid: number | undefined;
  /** The limit on open files of each of its processes; undefined when unknown. */
  readonly files: number | undefined;
}

/**
 * The Earshot that is running on the data folder of this configuration, found by its lock; undefined when there is
 * none.
 */
export async function running(config: Config): Promise<Running | undefined> {
  const at = paths(config.data);
  const locked = await Promise.all([answers(at.lock('site')), answers(at.lock('studio'))]);
  if (!locked.includes(true)) return undefined;
  const pid = Number(read(at.pid));
  if (!Number.isSafeInteger(pid) || pid <= 0) return { pid: undefined, files: undefined };
  return { pid, files: mostFiles(read(`/proc/${pid}/limits`)) };
}

/** The hard limit of open files, to which Node raises the soft one. Undefined where `/proc` does not say. */
export function mostFiles(limits: string | undefined): number | undefined {
  const line = limits?.split('\n').find((each) => each.startsWith('Max open files'));
  const hard = line?.trim().split(/\s+/)[4];
  if (hard === undefined) return undefined;
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
