/**
 * A wall clock for Earshot's processes alone, by Debian's libfaketime: nobody touches the clock of the machine. All
 * processes of a run read one file, and see a new time within a second; monotonic time is left alone.
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const LIBRARIES = ['x86_64', 'aarch64'].map(
  (machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`,
);

/** The clock of a run. */
export interface FakeClock {
  readonly file: string;
  /** Seconds ahead of the machine's clock. */
  set(ahead: number): void;
}

/** Why clocks cannot jump here; undefined when they can. */
export const clockTrouble = (): string | undefined =>
  LIBRARIES.some((path) => existsSync(path))
    ? undefined
    : 'clocks can jump only with libfaketime: apt-get install -y --no-install-recommends libfaketime';

/** Opens it, at the machine's time. */
export function openFakeClock(folder: string): FakeClock {
  const file = join(folder, 'clock');
  const set = (ahead: number): void => {
    // Replaced, so that nobody reads half of it.
    writeFileSync(`${file}.new`, `${ahead < 0 ? '' : '+'}${ahead}\n`);
    renameSync(`${file}.new`, file);
  };
  set(0);
  return { file, set };
}

/** Variables for processes that follow it. */
export const clockSettings = ({ file }: FakeClock): Record<string, string> => ({
  LD_PRELOAD: LIBRARIES.find((path) => existsSync(path)) ?? '',
  FAKETIME_TIMESTAMP_FILE: file,
  FAKETIME_CACHE_DURATION: '1',
  FAKETIME_DONT_FAKE_MONOTONIC: '1',
  NO_FAKE_STAT: '1',
});
