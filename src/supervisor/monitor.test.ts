import { request } from 'node:http';
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { silentLog } from '../base/log.ts';
import { openMonitor } from './monitor.ts';

test('metrics are not read through a foreign name that leads to this machine', async () => {
  await using monitor = await openMonitor({
    ...{ clock: manualClock(), log: silentLog, port: 0, host: '127.0.0.1' },
    metrics: async () => [{ labels: {}, text: '# TYPE earshot_ready gauge\nearshot_ready 1\n' }],
    readiness: () => ({ code: 200, text: 'ready\n' }),
  });
  const ask = (host: string, path = '/metrics'): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port: monitor.port, path, headers: { host } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on('error', reject)
        .end();
    });
  for (const host of ['localhost:9464', '127.0.0.1', '[::1]:9464', '192.168.1.7:9464', 'earshot:9464'])
    expect([host, await ask(host)]).toEqual([host, 200]);
  for (const host of ['evil.example:9464', 'localhost.evil.example', '127.0.0.1.evil.example', 'a.b.'])
    expect([host, await ask(host)]).toEqual([host, 421]);
  expect(await ask('evil.example', '/readyz')).toBe(200);
});
