/** Networks between listeners, speakers and Earshot that can fail: a proxy for listeners, a namespace for a speaker. */
import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run } from '../../e2e/rig/sound.ts';
import type { ProxyOrder } from './proxy.ts';

const PROXY = fileURLToPath(new URL('proxy.ts', import.meta.url));

/** The networks of a run. */
export interface Network extends AsyncDisposable {
  /** Listeners behind the proxy, by name. */
  readonly behind: readonly string[];
  /** The address of the proxy. */
  readonly proxyUrl: string;
  /** Prefix of a command that runs in the speaker's namespace; empty where there is none. */
  readonly speakerPrefix: readonly string[];
  /** The address of Earshot's machine there. */
  readonly speakerSees: string;
  /** The proxy's own end for a listener behind it. */
  endOf(listener: string): string | undefined;
  lose(share: number): void;
  stall(seconds: number): Promise<void>;
  delay(by: number, seconds: number): Promise<void>;
  reset(): Promise<void>;
}

/** Why this machine cannot have a network for a speaker; undefined when it can. */
export function namespaceTrouble(): string | undefined {
  if (process.getuid?.() !== 0) return 'a network that loses packets needs root';
  const missing = ['ip', 'nft'].filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
  return missing.length > 0 ? `a network that loses packets needs ${missing.join(', ')}` : undefined;
}

/** A namespace with a cable to this machine. */
interface Namespace extends Disposable {
  readonly prefix: readonly string[];
  readonly host: string;
  lose(share: number): void;
}

function openNamespace(): Namespace {
  const id = process.pid % 100_000;
  const [name, here, there] = [`chaos${id}`, `ec${id}a`, `ec${id}b`];
  const net = `10.232.${1 + (process.pid % 250)}`;
  const inside = (...args: string[]): string => run('ip', ['netns', 'exec', name, ...args]);
  run('ip', ['netns', 'add', name]);
  run('ip', ['link', 'add', here, 'type', 'veth', 'peer', 'name', there, 'netns', name]);
  run('ip', ['addr', 'add', `${net}.1/30`, 'dev', here]);
  run('ip', ['link', 'set', here, 'up']);
  inside('ip', 'addr', 'add', `${net}.2/30`, 'dev', there);
  inside('ip', 'link', 'set', there, 'up');
  inside('ip', 'link', 'set', 'lo', 'up');
  return {
    prefix: ['ip', 'netns', 'exec', name],
    host: `${net}.1`,
    lose(share) {
      inside('sh', '-c', 'nft delete table ip chaos 2>/dev/null || true');
      if (share <= 0) return;
      const lost = share >= 1 ? 'drop' : `numgen random mod 1000 < ${Math.round(share * 1000)} drop`;
      const udp = share >= 1 ? '' : 'ip protocol udp ';
      inside('nft', 'add table ip chaos');
      for (const [chain, hook, by] of [
        ['arriving', 'prerouting', 'iifname'],
        ['leaving', 'output', 'oifname'],
      ] as const) {
        inside('nft', `add chain ip chaos ${chain} { type filter hook ${hook} priority 0 ; }`);
        inside('nft', `add rule ip chaos ${chain} ${by} "${there}" ${udp}${lost}`);
      }
    },
    [Symbol.dispose]() {
      spawnSync('ip', ['netns', 'del', name]);
    },
  };
}

/** Opens both. `target`: where Earshot listens. */
export async function openNetwork(
  target: { readonly port: number },
  behind: readonly string[],
): Promise<Network> {
  const namespace = namespaceTrouble() === undefined ? openNamespace() : undefined;
  const child: ChildProcess = fork(PROXY, [String(target.port)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ends = new Map<string, string>();
  const port = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (message) => resolve((message as { port: number }).port));
  });
  const say = (order: ProxyOrder): void => void child.send(order);
  const wait = (seconds: number): Promise<void> =>
    new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  child.on('message', (message) => {
    const { end } = message as { end?: { from: string; to: string } };
    if (end) ends.set(end.from, end.to);
  });
  return {
    behind,
    proxyUrl: `http://127.0.0.1:${port}`,
    speakerPrefix: namespace?.prefix ?? [],
    speakerSees: namespace?.host ?? '127.0.0.1',
    endOf: (from) => ends.get(from),
    lose: (share) => namespace?.lose(share),
    async stall(seconds) {
      say({ order: 'hold', for: seconds * 1000 });
      await wait(seconds);
    },
    async delay(by, seconds) {
      say({ order: 'delay', by: by * 1000 });
      await wait(seconds);
      say({ order: 'delay', by: 0 });
    },
    async reset() {
      say({ order: 'reset' });
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      namespace?.[Symbol.dispose]();
    },
  };
}
