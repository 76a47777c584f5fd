import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fakeOrigin, openTestDoor, until, wire } from '../../../test/door.ts';
import { RetryBudget } from './retry-budget.ts';

test('ten requests in a hundred may be retried, beside what was saved in quiet times', () => {
  const budget = new RetryBudget();
  while (budget.spend());
  let retries = 0;
  for (let i = 0; i < 100; i += 1) {
    budget.earn();
    if (budget.spend()) retries += 1;
  }
  expect(retries).toBeGreaterThanOrEqual(9);
  expect(retries).toBeLessThanOrEqual(10);
});

test('a read waits for a process that is just starting; a write is not sent twice', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'retry-'));
  const socketPath = join(folder, 'site');
  await using door = await openTestDoor(fakeOrigin(), { site: { socketPath } });
  const reading = wire(door.port, 'GET /api/rooms HTTP/1.1\r\nHost: x\r\n\r\n');
  const changing = wire(door.port, 'POST /api/rooms HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}');
  await until(() => changing.text().includes('site-away'));
  expect(reading.text()).toBe('');
  let asked = 0;
  const site = createServer((_, response) => {
    asked += 1;
    response.end('here');
  });
  await new Promise<void>((resolve) => site.listen(socketPath, resolve));
  await until(() => reading.text().endsWith('here'));
  expect(asked).toBe(1);
  reading.socket.destroy();
  changing.socket.destroy();
  site.close();
  rmSync(folder, { recursive: true });
});

test('while the site is away a person reads a page that looks again by itself; a form is not sent again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'away-'));
  await using door = await openTestDoor(fakeOrigin(), { site: { socketPath: join(folder, 'none') } });
  const head = 'HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nAccept-Language: fr\r\n';
  const looked = wire(door.port, `GET /sign-in ${head}\r\n`);
  const sent = wire(door.port, `POST /sign-in ${head}Content-Length: 0\r\n\r\n`);
  await until(() => looked.text().includes('</html>') && sent.text().includes('</html>'));
  expect(looked.text()).toMatch(
    /^HTTP\/1\.1 503 [\s\S]*retry-after: 2[\s\S]*http-equiv="refresh"[\s\S]*lang="fr"/,
  );
  expect(looked.text()).toContain("frame-ancestors 'self'");
  // A browser shows the frame of a post only with this, and looks again only in what it shows.
  const framed = wire(door.port, `GET /embed/p/mjkq2v8x1c0 ${head}\r\n`);
  await until(() => framed.text().includes('</html>'));
  expect(framed.text()).toMatch(/frame-ancestors \*[\s\S]*http-equiv="refresh"[\s\S]*lang="fr"/);
  expect(framed.text()).not.toContain('cross-origin-opener-policy');
  framed.socket.destroy();
  expect(sent.text()).toMatch(/^HTTP\/1\.1 503 /);
  expect(sent.text()).not.toContain('http-equiv="refresh"');
  looked.socket.destroy();
  sent.socket.destroy();
  rmSync(folder, { recursive: true });
});
