import dns from 'node:dns';
import { expect, test, vi } from 'vitest';
import { probeTurn } from './turn-probe.ts';

test('an unknown name counts as silent, even when the answer comes after the time is up', async () => {
  const told = Promise.withResolvers<(error: Error) => void>();
  const lookup = vi
    .spyOn(dns, 'lookup')
    .mockImplementation(((_host: string, _family: number, done: (error: Error) => void) =>
      told.resolve(done)) as never);
  try {
    const server = { host: 'nowhere.invalid', port: 3478, udp: true };
    expect(await probeTurn(server, 1)).toBe('silent');
    (await told.promise)(new Error('ENOTFOUND'));
    // What is thrown on another turn fails the run.
    await new Promise((resolve) => setTimeout(resolve, 20));
  } finally {
    lookup.mockRestore();
  }
});
