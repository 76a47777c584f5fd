/** A small disk of its own for the data folder, which can be full, slow, or stand still. Needs root and loop devices. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../e2e/rig/sound.ts';

/** Room for half an hour of two rooms. */
const SIZE_BYTES = 512 << 20;
/** A slow disk takes nothing for this long, and then something for as long. Seconds. */
const SLOW_S = 0.4;

/** The disk of a run. */
export interface Disk extends Disposable {
  readonly folder: string;
  /** Every write waits. Resolves when it takes them again. */
  stands(seconds: number): Promise<void>;
  /** Every write waits half of the time. */
  slow(seconds: number): Promise<void>;
  /** Takes the last byte. */
  fill(): void;
  /** Gives it back. */
  free(): void;
}

/** Why this machine cannot have one; undefined when it can. */
export function diskTrouble(): string | undefined {
  if (process.getuid?.() !== 0) return 'a disk that can fail needs root';
  const missing = ['fsfreeze', 'mkfs.ext4', 'losetup'].filter(
    (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0,
  );
  return missing.length > 0 ? `a disk that can fail needs ${missing.join(', ')}` : undefined;
}

/** Makes an image in `folder` and mounts it below. @throws when the system refuses. */
export function openDisk(folder: string): Disk {
  const image = join(folder, 'disk.img');
  const at = join(folder, 'disk');
  const file = openSync(image, 'w');
  ftruncateSync(file, SIZE_BYTES);
  closeSync(file);
  run('mkfs.ext4', ['-q', '-m', '0', '-F', image]);
  mkdirSync(at);
  run('mount', ['-o', 'loop', image, at]);
  const ballast = join(at, 'ballast');
  // One shell that thaws what it froze, whatever becomes of this process meanwhile.
  const shell = (script: string): Promise<void> => {
    const child = spawn('sh', ['-c', script], { stdio: 'ignore', detached: true });
    return new Promise((resolve) => child.once('close', () => resolve()));
  };
  return {
    folder: at,
    stands: (seconds) => shell(`fsfreeze -f ${at}; sleep ${seconds}; fsfreeze -u ${at}`),
    slow: (seconds) =>
      shell(
        `for i in $(seq ${Math.ceil(seconds / (2 * SLOW_S))}); do fsfreeze -f ${at}; sleep ${SLOW_S}; fsfreeze -u ${at}; sleep ${SLOW_S}; done`,
      ),
    fill() {
      // Ever smaller pieces, until not one block is left.
      const script = `i=0; for size in 268435456 67108864 16777216 4194304 1048576 65536 4096; do while fallocate -l $size ${ballast}.$i 2>/dev/null; do i=$((i + 1)); done; rm -f ${ballast}.$i; done`;
      spawnSync('sh', ['-c', script]);
    },
    free: () => void spawnSync('sh', ['-c', `rm -f ${ballast}.*`]),
    [Symbol.dispose]() {
      spawnSync('fsfreeze', ['-u', at]);
      spawnSync('umount', ['-l', at]);
      rmSync(image, { force: true });
    },
  };
}
