import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { relay } from './relay.ts';

async function relayed(...chunks: string[]): Promise<Record<string, unknown>[]> {
  const stream = new PassThrough();
  const lines: string[] = [];
  relay(stream, { clock: manualClock(), process: 'door-0', output: (line) => void lines.push(line) });
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await new Promise((resolve) => stream.once('close', resolve));
  return lines.map((line) => JSON.parse(line));
}

test('lines of the logger pass unchanged, however they are cut on the way', async () => {
  expect(await relayed('{"time":"t","msg":"o', 'ne"}\n{"time":"t","msg":"two"}\n')).toEqual([
    { time: 't', msg: 'one' },
    { time: 't', msg: 'two' },
  ]);
});

test('output that arrives together and is not from the logger becomes one log line', async () => {
  expect(await relayed('Error: no\n  at x\n')).toEqual([
    expect.objectContaining({ level: 'warn', process: 'door-0', msg: 'Error: no\n  at x' }),
  ]);
});

test('a line that its program did not live to finish becomes a log line of its own', async () => {
  expect(await relayed('{"time":"t","msg":"one"}\n{"time":"t","msg":"tw')).toEqual([
    { time: 't', msg: 'one' },
    expect.objectContaining({ process: 'door-0', msg: '{"time":"t","msg":"tw' }),
  ]);
});

test('a line that is too long is cut, and is still a valid log line', async () => {
  const [record] = await relayed(`{"time":"t","msg":"${'x'.repeat(40_000)}`, '"}\n');
  expect(record).toMatchObject({ level: 'warn', process: 'door-0' });
  expect(String(record?.msg).length).toBeLessThanOrEqual(16_384);
});
