/** Throws behind four conditions, each of which only the branch before it leads to. */
import { target } from '../engine/target.ts';

function read(text: string): string {
  if (!text.startsWith('EARS')) return 'none';
  const [, version, length] = /^EARS ([0-9]) ([0-9]+)\n/.exec(text) ?? [];
  if (version !== '7') return 'version';
  if (Number(length) < 4096) return 'short';
  if (text.endsWith('\0\0')) throw new Error('planted');
  return 'read';
}

export default target({
  covers: ['test/fuzz/planted/magic.ts'],
  run: (bytes) => void read(bytes.toString('latin1')),
  seeds: ['EARS 1 12\nhello'],
});
