import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { askForNumbers } from './room-numbers.ts';

test('a question that comes before the tally listens is answered once it does; one to nobody is given up', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'numbers-'));
  const path = join(folder, 'tally.http');
  const server = createServer((request, response) => {
    if (request.url === '/rooms/hall') response.end('{"room":"hall"}');
    else response.writeHead(404).end();
  });
  try {
    const { numbersOf } = askForNumbers(path);
    const asked = numbersOf('hall');
    await sleep(300);
    await new Promise<void>((resolve) => server.listen(path, resolve));
    expect(await asked).toEqual({ room: 'hall' });
    expect(await numbersOf('nowhere')).toBeUndefined();
    await expect(askForNumbers(join(folder, 'nobody'), 300).numbersOf('hall')).rejects.toThrow();
  } finally {
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  }
});
