import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './sound.ts';

/** Two hosts on this machine for the test, connected by one cable that loses packets. Needs root. */
export interface LossyLink extends Disposable {
  /** The server's end of the cable. */
  readonly serverAddress: string;
  /** Prefix of a command that runs it on the server's host. */
  readonly serverPrefix: string[];
  /** A Chromium that runs on the speaker's host. */
  readonly chromium: string;
  /** Sets the share of UDP packets lost, 0 to 1, in both directions independently. */
  lose(share: number): void;
  /** Cuts the cable, or restores it. */
  cut(broken: boolean): void;
}

/**
 * Creates the hosts as network namespaces. Packets are dropped on arrival (nftables, `numgen random`), so that the
 * sender does not notice it. `tc netem loss` does the same, but not all kernels have netem.
 */
export function lossyLink(): LossyLink {
  const id = `${process.pid % 100_000}`;
  const [server, speaker] = [`es${id}a`, `es${id}b`];
  const third = 1 + (process.pid % 250);
  const [serverAddress, speakerAddress] = [`10.231.${third}.1`, `10.231.${third}.2`];
  const ip = (...args: string[]): string => run('ip', args);
  const inside = (ns: string, ...args: string[]): string => run('ip', ['netns', 'exec', ns, ...args]);

  for (const ns of [server, speaker]) {
    ip('netns', 'add', ns);
    inside(ns, 'ip', 'link', 'set', 'lo', 'up');
  }
  ip(
    'link',
    'add',
    'earshot0',
    'netns',
    server,
    'type',
    'veth',
    'peer',
    'name',
    'earshot0',
    'netns',
    speaker,
  );
  inside(server, 'ip', 'addr', 'add', `${serverAddress}/30`, 'dev', 'earshot0');
  inside(speaker, 'ip', 'addr', 'add', `${speakerAddress}/30`, 'dev', 'earshot0');
  for (const ns of [server, speaker]) inside(ns, 'ip', 'link', 'set', 'earshot0', 'up');

  const dir = mkdtempSync(join(tmpdir(), 'earshot-ns-'));
  const chromium = join(dir, 'chromium');
  writeFileSync(chromium, `#!/bin/sh\nexec ip netns exec ${speaker} /usr/bin/chromium "$@"\n`);
  chmodSync(chromium, 0o755);

  return {
    serverAddress,
    serverPrefix: ['ip', 'netns', 'exec', server],
    chromium,
    lose(share) {
      for (const ns of [server, speaker]) {
        inside(ns, 'sh', '-c', 'nft delete table ip loss 2>/dev/null || true');
        if (share <= 0) continue;
        const drop = `numgen random mod 1000 < ${Math.round(share * 1000)} drop`;
        inside(ns, 'nft', 'add table ip loss');
        inside(ns, 'nft', 'add chain ip loss arriving { type filter hook prerouting priority 0 ; }');
        inside(ns, 'nft', `add rule ip loss arriving iifname "earshot0" ip protocol udp ${drop}`);
      }
    },
    cut(broken) {
      inside(speaker, 'ip', 'link', 'set', 'earshot0', broken ? 'down' : 'up');
    },
    [Symbol.dispose]() {
      for (const ns of [server, speaker]) ip('netns', 'del', ns);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
