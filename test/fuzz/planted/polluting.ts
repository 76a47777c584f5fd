/** Merges JSON into an object by hand. */
import { target } from '../engine/target.ts';

function merge(into: Record<string, unknown>, from: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(from)) {
    const held = into[name];
    if (typeof held === 'object' && held !== null && typeof value === 'object' && value !== null)
      merge(held as Record<string, unknown>, value as Record<string, unknown>);
    else into[name] = value;
  }
}

export default target({
  covers: ['test/fuzz/planted/polluting.ts'],
  run(bytes) {
    let said: unknown;
    try {
      said = JSON.parse(bytes.toString());
    } catch {
      return;
    }
    if (typeof said === 'object' && said !== null) merge({}, said as Record<string, unknown>);
  },
  seeds: ['{"b":{"c":1},"a":1}'],
});
