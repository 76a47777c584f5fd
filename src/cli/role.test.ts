import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { command } from './role.ts';

vi.mock('node:module', () => ({ enableCompileCache: vi.fn(), flushCompileCache: vi.fn() }));
vi.mock(import('node:fs'), async (original) => ({ ...(await original()), statfsSync: vi.fn() as never }));
vi.mock('../roles.ts', () => ({ asRole: () => undefined }));

const dir = mkdtempSync(join(tmpdir(), 'role-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('what Node compiles is kept on a disk with room, and not on one without, also where some is kept already', async () => {
  const compiled = join(dir, 'compiled');
  mkdirSync(compiled);
  const start = async (free: number): Promise<void> => {
    vi.mocked(statfsSync).mockReturnValue({ bavail: free / 4096, bsize: 4096 } as never);
    await expect(command(['nothing', '0', compiled])).rejects.toThrow(/there is no role/);
  };
  await start(100e6);
  expect(enableCompileCache).not.toHaveBeenCalled();
  await start(300e6);
  expect(enableCompileCache).toHaveBeenCalledWith(compiled);
});
