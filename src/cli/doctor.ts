import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Config, fromProcess } from '../config/index.ts';
import { openUring } from '../native/uring.ts';
import type { Command } from './command.ts';
import { behind } from './doctor/behind.ts';
import type { Finding } from './doctor/finding.ts';
import { freshness } from './doctor/freshness.ts';
import { journals } from './doctor/journals.ts';
import { clock, disk, files, oldRecordings, timeService } from './doctor/machine.ts';
import { recordings } from './doctor/recordings.ts';
import { starting } from './doctor/rooms.ts';
import { running } from './doctor/running.ts';
import { database, metricsPort, port, proxy, turn, udp } from './doctor/service.ts';
import { certificate, kernel, light, reachable } from './doctor/tls.ts';

const MARKS = { good: '✓', notice: '!', bad: '✗' } as const;
/**
 * `earshot doctor [--json] [settings]`: looks at this machine and says what to change. Exits 1 when something is bad.
 */
export const command: Command = async (args) => {
  const { values } = parseArgs({
    args: args.filter((a) => a === '--json' || a === '--help'),
    options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    console.log(
      'earshot doctor [--json] [settings as for start]: checks everything that a start needs: ports, UDP, disk, database, TURN, limits, clock, certificate.\nearshot doctor --behind http://CACHE/r/ROOM: checks a cache in front by way of a room that is on air.',
    );
    return 0;
  }
  const at = args.indexOf('--behind');
  if (at >= 0) return tell(await behind(args[at + 1] ?? ''), values.json ?? false);
  const config = fromProcess(args.filter((a) => a !== '--json'));
  const now = await running(config);
  const findings = (
    await Promise.all([
      node(),
      freshness(),
      port(config, now),
      metricsPort(config, now),
      udp(config, now),
      disk(config),
      recordings(config),
      oldRecordings(config),
      journals(config),
      database(config),
      turn(config),
      files(now),
      accept(),
      ioUringWorks(config),
      clock(),
      timeService(),
      address(config),
      proxy(config, now),
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
        change: 'for crowds that arrive within one second: sysctl net.core.somaxconn=4096',
      };
}

/** Whether many listeners can be written to in one call. */
async function ioUringWorks({ ioUring }: Config): Promise<Finding> {
  const what = 'io_uring';
  if (!ioUring) return { what, state: 'notice', found: 'not used, because the setting ioUring is "no"' };
  const uring = await openUring();
  if (typeof uring === 'string')
    return {
      what,
      state: 'notice',
      found: `not available: ${uring}`,
      change: 'nothing is wrong; with it, a crowd of listeners takes a tenth to a seventh less CPU',
    };
  uring[Symbol.dispose]();
  return { what, state: 'good', found: 'one call writes to many listeners' };
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
      ? 'installed: "earshot say" takes any format'
      : 'not installed: "earshot say" takes WAV and Ogg Opus',
  };
}
