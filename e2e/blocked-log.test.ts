/** The reader of the log, the output or the terminal may stop reading; nothing in Earshot waits for it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { freePort, outside, PREPARED, until } from './rig/server.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/index.ts', import.meta.url));

/** Runs Earshot with both outputs on a pipe of 4 kB, or on a terminal, that nobody reads. */
const HOLDER = `
import fcntl, os, pty, subprocess, sys, time
kind, argv = sys.argv[1], sys.argv[2:]
if kind == 'terminal':
    reader, writer = pty.openpty()
else:
    reader, writer = os.pipe()
    fcntl.fcntl(writer, 1031, 4096)
    os.write(writer, b'x' * 4096)
child = subprocess.Popen(argv, stdout=writer, stderr=writer)
print(child.pid, flush=True)
sys.stdin.readline()
read = b''
os.set_blocking(reader, False)
end = time.time() + 5
while time.time() < end:
    try: read += os.read(reader, 65536)
    except BlockingIOError: time.sleep(0.05)
sys.stdout.buffer.write(read); sys.stdout.flush()
child.terminate()
child.wait(20)
`;

const alive = (pid: number): boolean => {
  try {
    // A process that has ended and was not waited for is a zombie.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};
const children = (pid: number): number[] =>
  execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number);
/** Excludes a process that has just ended, or that has not executed its program yet. */
async function child(pid: number, words: string): Promise<number> {
  let found: number | undefined;
  const is = (each: number): boolean => {
    try {
      return readFileSync(`/proc/${each}/cmdline`, 'utf8').includes(words);
    } catch {
      return false;
    }
  };
  await until(`there is a ${words}`, () => {
    found = children(pid).find(is);
    return found !== undefined;
  });
  return found ?? 0;
}

/** A folder for the data, and what has to end with a test: the holder, and the Earshot below it, which outlives it. */
async function openPlace() {
  const data = mkdtempSync(join(tmpdir(), 'earshot-log-'));
  cpSync(process.env[PREPARED] ?? '', data, { recursive: true });
  const place = {
    data,
    holder: undefined as ChildProcess | undefined,
    earshot: undefined as number | undefined,
  };
  return Object.assign(place, {
    async [Symbol.asyncDispose]() {
      place.holder?.kill('SIGKILL');
      const pid = place.earshot;
      if (pid !== undefined && alive(pid)) {
        process.kill(pid, 'SIGTERM');
        await until('it has ended', () => !alive(pid), 20_000);
      }
      rmSync(data, { recursive: true, force: true });
    },
  });
}

describe('a log that cannot be written', () => {
  test.each(['pipe', 'terminal'])(
    'a %s that nobody reads stops no process',
    async (kind) => {
      await using place = await openPlace();
      const { data } = place;
      const port = await freePort();
      const metricsPort = await freePort();
      const flags = [
        '--port',
        port,
        '--host',
        '127.0.0.1',
        '--udp-port',
        0,
        '--metrics-port',
        metricsPort,
        '--data',
        data,
      ];
      const started = spawn(
        'python3',
        ['-c', HOLDER, kind, process.execPath, ENTRY, 'start', ...flags.map(String), '--log-level', 'debug'],
        { env: outside(), stdio: ['pipe', 'pipe', 'inherit'] },
      );
      place.holder = started;
      let said = '';
      started.stdout.on('data', (text) => (said += text));
      await until('it runs', () => /^\d+\n/.test(said));
      const pid = Number.parseInt(said, 10);
      place.earshot = pid;
      const get = (path: string, at = port): Promise<Response | undefined> =>
        fetch(`http://127.0.0.1:${at}${path}`, { signal: AbortSignal.timeout(1000) }).catch(() => undefined);
      await until('it is ready', async () => (await get('/readyz'))?.status === 200, 60_000);
      // The sound that doors play while the studio is away is coded once, after the first start.
      await until('doors can fill in', () => existsSync(join(data, 'standby.bin')), 60_000);
      await new Promise((resolve) => setTimeout(resolve, 3_000));

      const heard = spawn(
        process.execPath,
        [ENTRY, 'listen', `http://127.0.0.1:${port}/r/welcome`, '--seconds', '25', '--json'],
        {
          env: outside(),
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      let report = '';
      heard.stdout.on('data', (text) => (report += text));
      const over = new Promise((resolve) => heard.once('close', resolve));
      // Each death writes lines in every process: more than the pipe or the terminal takes.
      for (let times = 0; times < 3; times += 1) {
        process.kill(await child(pid, 'role studio'), 'SIGKILL');
        await until(
          'the studio is back',
          async () => (await get('/readyz', metricsPort))?.status === 200,
          30_000,
        ).catch(async () => {
          // Three deaths within a minute are reported, but the cell still runs.
          expect(await (await get('/readyz', metricsPort))?.text()).toContain('3 times within a minute');
        });
      }
      await over;
      const { gaps, repeats, deadAir, fragments } = JSON.parse(report) as Record<string, number>;
      expect({ gaps, repeats, fragments: Number(fragments) >= 70, deadAir }).toMatchObject({
        ...{ gaps: 0, repeats: 0, fragments: true },
      });
      // A burst of lines is kept for a reader that returns; further lines are dropped, as the unit tests show.
      started.stdin.write('\n');
      if (kind === 'pipe') await until('what waited is told', () => /studio-0/.test(said));
      await new Promise((resolve) => started.once('close', resolve));
    },
    150_000,
  );

  test('a full disk under the log stops no process either', async () => {
    await using place = await openPlace();
    const { data } = place;
    const port = await freePort();
    const flags = [
      '--port',
      port,
      '--host',
      '127.0.0.1',
      '--udp-port',
      0,
      '--metrics-port',
      0,
      '--data',
      data,
    ];
    const full = openSync('/dev/full', 'w');
    const started = spawn(process.execPath, [ENTRY, 'start', ...flags.map(String)], {
      env: outside(),
      stdio: ['ignore', full, full],
    });
    place.earshot = started.pid;
    const ended = new Promise((resolve) => started.once('close', resolve));
    const ready = async (): Promise<boolean> =>
      (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.status === 200;
    await until('it is ready', ready, 60_000);
    process.kill(await child(started.pid ?? 0, 'role studio'), 'SIGKILL');
    await until('the studio is missed', async () => !(await ready()));
    await until('the studio is back', ready);
    started.kill('SIGTERM');
    expect(await ended).toBe(0);
  }, 120_000);
});
