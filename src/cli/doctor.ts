import { spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { statfs, unlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { makeFolder } from '../base/folder.ts';
import { openUring } from '../base/uring.ts';
import { type Config, fromProcess } from '../config/index.ts';
import { behind } from './behind.ts';
import type { Finding } from './finding.ts';
import type { Command } from './index.ts';
import { serverAddress } from './local-server.ts';
import { starting } from './rooms-doctor.ts';
import { certificate, kernel, light, reachable } from './tls-doctor.ts';

const MARKS = { good: '✓', notice: '!', bad: '✗' } as const;
/** Below this a busy evening fills the disk: two renditions take 72 MB an hour. */
const LOW_DISK_BYTES = 2e9;
/** Connections one door may hold, and a few for itself. */
const WANTED_FILES = 65_536;

/** `earshot doctor [--json] [settings]`: looks at this machine and says what to change. Exits 1 when something is bad. */
export const command: Command = async (args) => {
  const { values } = parseArgs({
    args: args.filter((a) => a === '--json' || a === '--help'),
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(
      'earshot doctor [--json] [settings as for start]: checks ports, UDP, disk, limits, clock, certificate.\nearshot doctor --behind http://CACHE/r/ROOM: looks at a room that is on air through a cache in front.',
    );
    return 0;
  }
  const at = args.indexOf('--behind');
  if (at >= 0) return tell(await behind(args[at + 1] ?? ''), values.json ?? false);
  const config = fromProcess(args.filter((a) => a !== '--json'));
  const findings = (
    await Promise.all([
      node(),
      port(config),
      udp(config),
      disk(config),
      files(),
      accept(),
      ring(config),
      clock(),
      address(config),
      certificate(config),
      reachable(config),
      kernel(config),
      light(config),
      starting(config),
      ffmpeg(),
    ])
  ).flat();
  return tell(findings, values.json ?? false);
};

function tell(findings: readonly Finding[], json: boolean): number {
  if (json) console.log(JSON.stringify({ findings }));
  else
    for (const { what, state, found, change } of findings)
      console.log(`${MARKS[state]} ${what}: ${found}${change ? `\n    → ${change}` : ''}`);
  return findings.some(({ state }) => state === 'bad') ? 1 : 0;
}

function node(): Finding {
  return { what: 'Node', state: 'good', found: process.version };
}

async function port(config: Config): Promise<Finding> {
  const what = `TCP port ${config.port}`;
  const health = await fetch(`${serverAddress(config)}/healthz`, { signal: AbortSignal.timeout(2000) }).then(
    (response) => response.ok,
    () => false,
  );
  if (health) return { what, state: 'good', found: 'Earshot is running and answers' };
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen(config.port, config.host, () => server.close(() => resolve(undefined)));
  });
  if (!error) return { what, state: 'good', found: 'free' };
  const change =
    error.code === 'EACCES'
      ? 'ports below 1024 need a right: see docs/tls.md, or use --port 8080 behind a proxy'
      : 'another program has it: choose another with --port';
  return { what, state: 'bad', found: error.code ?? error.message, change };
}

async function udp(config: Config): Promise<Finding[]> {
  if (config.udpPort === 0)
    return [
      {
        what: 'UDP for speakers',
        state: 'notice',
        found: 'any free port',
        change: 'set --udp-port so that a firewall can let it in',
      },
    ];
  return Promise.all(
    Array.from({ length: config.cells }, (_, i) => config.udpPort + i).map(
      async (number): Promise<Finding> => {
        const socket = createSocket('udp4');
        const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
          socket.once('error', resolve);
          socket.bind(number, () => socket.close(() => resolve(undefined)));
        });
        const what = `UDP port ${number} for speakers`;
        if (!error) return { what, state: 'good', found: 'free; open it in the firewall' };
        return {
          what,
          state: 'notice',
          found: error.code ?? error.message,
          change: 'fine if Earshot itself has it; otherwise choose --udp-port',
        };
      },
    ),
  );
}

async function disk(config: Config): Promise<Finding> {
  const what = `Data folder ${config.data}`;
  try {
    makeFolder(config.data);
    const probe = join(config.data, `.doctor-${process.pid}`);
    await writeFile(probe, 'x', { flush: true });
    await unlink(probe);
    const { bavail, bsize } = await statfs(config.data);
    const free = bavail * bsize;
    const hours = Math.floor(free / 72e6);
    const found = `${(free / 1e9).toFixed(1)} GB free, about ${hours} hours of recording`;
    return free < LOW_DISK_BYTES
      ? {
          what,
          state: 'notice',
          found,
          change: 'make room: a full disk leaves a gap in the recording (the sound goes on)',
        }
      : { what, state: 'good', found };
  } catch (error) {
    return {
      what,
      state: 'bad',
      found: (error as Error).message,
      change: 'choose a folder this user may write: --data DIR',
    };
  }
}

function files(): Finding {
  const what = 'Open files';
  if (!existsSync('/proc/self/limits')) return { what, state: 'notice', found: 'unknown on this system' };
  const line =
    readFileSync('/proc/self/limits', 'utf8')
      .split('\n')
      .find((l) => l.startsWith('Max open files')) ?? '';
  const hard = Number(line.trim().split(/\s+/)[4]);
  const found = `${hard} per process`;
  return hard >= WANTED_FILES
    ? { what, state: 'good', found }
    : {
        what,
        state: 'notice',
        found,
        change: `each listener takes one: ulimit -n ${WANTED_FILES}, or LimitNOFILE= in the systemd unit`,
      };
}

function accept(): Finding {
  const what = 'Accept queue';
  const path = '/proc/sys/net/core/somaxconn';
  if (!existsSync(path)) return { what, state: 'notice', found: 'unknown on this system' };
  const most = Number(readFileSync(path, 'utf8'));
  return most >= 4096
    ? { what, state: 'good', found: String(most) }
    : {
        what,
        state: 'notice',
        found: String(most),
        change: 'for crowds that come at once: sysctl net.core.somaxconn=4096',
      };
}

/** Whether many listeners can be written to in one call. */
async function ring({ ioUring }: Config): Promise<Finding> {
  const what = 'io_uring';
  if (!ioUring) return { what, state: 'notice', found: 'not used: the setting ioUring is no' };
  const uring = await openUring();
  if (typeof uring === 'string')
    return {
      what,
      state: 'notice',
      found: `not here: ${uring}`,
      change: 'nothing is amiss; with it a crowd of listeners takes a tenth to a seventh less CPU',
    };
  uring[Symbol.dispose]();
  return { what, state: 'good', found: 'many listeners are written to in one call' };
}

/** The wall clock against the monotonic one over half a second: a clock that is being stepped shows. */
async function clock(): Promise<Finding> {
  const wall = Date.now();
  const monotonic = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 500));
  const off = Date.now() - wall - (performance.now() - monotonic);
  const what = 'Clock';
  return Math.abs(off) < 50
    ? { what, state: 'good', found: `steady; it says ${new Date().toISOString()}` }
    : {
        what,
        state: 'bad',
        found: `stepped by ${off.toFixed(0)} ms in half a second`,
        change: 'let one time service set it (chrony)',
      };
}

function address(config: Config): Finding {
  const what = 'Public address';
  if (config.publicUrl?.startsWith('https:')) return { what, state: 'good', found: config.publicUrl };
  return {
    what,
    state: 'notice',
    found: config.publicUrl || 'none set',
    change:
      'browsers give a microphone to https pages and to localhost only: see docs/tls.md for a certificate, and set --public-url https://…',
  };
}

function ffmpeg(): Finding {
  const found = spawnSync('ffmpeg', ['-version'], { stdio: 'ignore' }).status === 0;
  return {
    what: 'ffmpeg',
    state: 'good',
    found: found
      ? 'there: "earshot say" takes any format'
      : 'not there: "earshot say" takes WAV and Ogg Opus',
  };
}
