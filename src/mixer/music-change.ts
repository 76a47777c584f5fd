import type { Standby } from './standby.ts';

/** Duration of a change from one music to another: 1 s. */
const CHANGE_BLOCKS = 50;

/** Music `from`, which fades into `to` from block `begin` on; `to` alone after one second. */
export function musicChange(from: Standby, to: Standby, begin: number): Standby {
  const old = new Float32Array(1920);
  return {
    render(n, out) {
      to.render(n, out);
      const done = (n - begin) / CHANGE_BLOCKS;
      if (done >= 1) return;
      from.render(n, old);
      for (let i = 0; i < out.length; i += 1) {
        const angle = (Math.min(1, Math.max(0, done + i / out.length / CHANGE_BLOCKS)) * Math.PI) / 2;
        out[i] = (out[i] as number) * Math.sin(angle) + (old[i] as number) * Math.cos(angle);
      }
    },
  };
}
