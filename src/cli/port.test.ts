import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ENTRY = fileURLToPath(new URL('./index.ts', import.meta.url));

test('a public port that another program has is one clear sentence and the end', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '0.0.0.0', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const data = mkdtempSync(join(tmpdir(), 'port-'));
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('EARSHOT_')),
  );
  const { code, said } = await new Promise<{ code: unknown; said: string }>((resolve) => {
    const args = [ENTRY, 'start', '--port', String(port), '--data', data];
    execFile(process.execPath, args, { env, timeout: 20_000 }, (error, out, err) =>
      resolve({ code: error?.code, said: out + err }),
    );
  });
  other.close();
  rmSync(data, { recursive: true });
  expect(code).toBe(1);
  expect(said).toContain(
    `port ${port} cannot be used: another program is using it. Choose another port: npm start -- --port 9000`,
  );
  expect(said).not.toMatch(/\n\s+at |EADDRINUSE/);
  expect(said).not.toContain('Earshot is up');
});
