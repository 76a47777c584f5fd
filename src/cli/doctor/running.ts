import { readFileSync } from 'node:fs';
import { answers } from '../../base/socket-file.ts';
import type { Config } from '../../config/index.ts';
import { paths } from '../../role/paths.ts';

/** The Earshot that runs on a data folder. */
export interface Running {
  /** Its supervisor; undefined when it did not say. */
  readonly pid: number | undefined;
  /** The most files that one of its processes may open; undefined where that cannot be read. */
  readonly files: number | undefined;
}

/** Whether an Earshot runs on the data folder of this configuration: its lock answers. */
export async function running(config: Config): Promise<Running | undefined> {
  const at = paths(config.data);
  const locked = await Promise.all([answers(at.lock('site')), answers(at.lock('studio'))]);
  if (!locked.includes(true)) return undefined;
  const pid = Number(read(at.pid));
  if (!Number.isSafeInteger(pid) || pid <= 0) return { pid: undefined, files: undefined };
  return { pid, files: mostFiles(read(`/proc/${pid}/limits`)) };
}

/** The hard limit of open files: Node raises the soft one to it. Undefined where there is no such text. */
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
