import { arch, cpus } from 'node:os';
import { MEASURED, type PlanFigures } from '../../plan/index.ts';
import { measureDoor } from './measured-door.ts';

const LISTENERS = 2_000;
const SECONDS = 8;

/**
 * Measures a write and a join with the real door on this machine. Figures that cannot be measured here are scaled from
 * those in the manual.
 */
export async function measure(): Promise<Partial<PlanFigures>> {
  const { write, join, listeners } = await measureDoor(LISTENERS, SECONDS);
  const rounded = (value: number): number => Number(value.toPrecision(3));
  return {
    write: rounded(write),
    writeTls: rounded(write * (MEASURED.writeTls / MEASURED.write)),
    join: rounded(join),
    joinTls: rounded(join + MEASURED.joinTls - MEASURED.join),
    source: `${listeners.toLocaleString('en')} listeners of the real door over the loopback of this machine, ${new Date().toISOString().slice(0, 10)}: ${cpus()[0]?.model ?? arch()}; TLS, memory and caches from the manual (${MEASURED.source})`,
  };
}
