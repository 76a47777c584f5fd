import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { outside, startServer } from './rig/server.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));

test('a second process that would count in the same data folder is refused, in words, and the first goes on', async () => {
  await using server = await startServer({ EARSHOT_DOORS: '1', EARSHOT_CELLS: '1' });
  const tally = server.child('tally', 0);
  const env = {
    ...outside(),
    ...{ EARSHOT_DATA: server.data, EARSHOT_METRICS_PORT: '0', EARSHOT_LOG_LEVEL: 'warn' },
  };
  const second = spawnSync(process.execPath, [ENTRY, 'start', '--role', 'tally'], {
    ...{ env, encoding: 'utf8', timeout: 30_000 },
  });
  expect(second.status).not.toBe(0);
  expect(second.stdout + second.stderr).toContain(
    `another Earshot is using the data folder ${server.data}. Stop it, or choose another folder`,
  );
  expect(server.child('tally', 0)).toBe(tally);
  expect(await server.metrics()).toMatch(/earshot_process_up\{process="tally-0",role="tally"\} 1/);
});
