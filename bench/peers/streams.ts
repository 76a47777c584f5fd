/**
 * Servers that send one endless stream to many listeners: ours and those it is compared with. All get the same bytes at
 * the same times.
 */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { end, family, freePort, isRoot, on, reachable, type Server, type Workshop } from './rig.ts';

/** The data sent to each listener, and the cores used. */
export interface StreamPlan {
  readonly workshop: Workshop;
  /** Milliseconds between writes, and bytes of one write. */
  readonly period: number;
  readonly bytes: number;
  /** Bytes of the past that a newcomer gets at once, if the server has such a setting; default: none. */
  readonly burst?: number;
  /** Number of server processes, and their cores in the notation of taskset. */
  readonly processes: number;
  readonly cores: string;
  /** A folder with cert.pem and key.pem: then the door and nginx with one small file speak TLS. */
  readonly certificate?: string;
}

/** A kind of server. */
export interface StreamPeer {
  readonly name: string;
  /** Joins per second that the server gets; some reject a faster crowd. */
  readonly joins: number;
  open(plan: StreamPlan): Promise<Server>;
}

const FRAGMENT_MS = 320;
const doorProgram = fileURLToPath(new URL('../fanout-door.ts', import.meta.url));
const pidsOf = (children: readonly ChildProcess[]): number[] => children.flatMap(({ pid }) => pid ?? []);

/** Starts `make(i)` once per process, each with its own port. */
async function several(
  count: number,
  make: (port: number, index: number) => ChildProcess | Promise<ChildProcess>,
): Promise<{ ports: number[]; children: ChildProcess[] }> {
  const ports: number[] = [];
  const children: ChildProcess[] = [];
  for (let index = 0; index < count; index += 1) {
    const port = await freePort();
    children.push(await make(port, index));
    await reachable(port);
    ports.push(port);
  }
  return { ports, children };
}

/** Calls `write` for the next piece each period, without drift. */
function paced(period: number, write: () => void): Disposable {
  const start = performance.now();
  let writes = 0;
  const timer = setInterval(() => {
    while (performance.now() - start >= writes * period) {
      write();
      writes += 1;
    }
  }, 20);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

async function openLimit(plan: StreamPlan): Promise<Server> {
  const program = plan.workshop.compile('limit');
  const { ports, children } = await several(plan.processes, (port) =>
    on(plan.cores, program, [String(port), String(plan.period), String(plan.bytes)]),
  );
  return { ports, path: '/', pids: pidsOf(children), stop: () => end(children) };
}

const openDoor =
  (period?: number, how = '', counting = '') =>
  async (plan: StreamPlan): Promise<Server> => {
    const every = period ?? plan.period;
    const fragment = Math.round((plan.bytes * FRAGMENT_MS) / plan.period);
    const port = await freePort();
    const children: ChildProcess[] = [];
    for (let index = 0; index < plan.processes; index += 1) {
      const child = on(plan.cores, process.execPath, [
        doorProgram,
        String(fragment),
        String(every),
        String(port),
        plan.certificate ?? '',
        how,
        counting,
      ]);
      if (!child.stdout) throw new Error('no output');
      await once(child.stdout, 'data');
      children.push(child);
    }
    return { ports: [port], path: '/r/bench/stream', pids: pidsOf(children), stop: () => end(children) };
  };

async function openIcecast(plan: StreamPlan): Promise<Server> {
  const { folder } = plan.workshop;
  const { ports, children } = await several(plan.processes, (port, index) => {
    const own = join(folder, `icecast-${index}`);
    mkdirSync(own, { recursive: true });
    const config = join(own, 'icecast.xml');
    writeFileSync(
      config,
      `<icecast><limits><clients>19900</clients><sources>2</sources><queue-size>524288</queue-size><client-timeout>30</client-timeout>
<header-timeout>15</header-timeout><source-timeout>10</source-timeout><burst-on-connect>${plan.burst ? 1 : 0}</burst-on-connect><burst-size>${plan.burst ?? 0}</burst-size></limits>
<authentication><source-password>s</source-password><admin-user>a</admin-user><admin-password>a</admin-password></authentication>
<hostname>localhost</hostname><listen-socket><port>${port}</port><bind-address>127.0.0.1</bind-address></listen-socket>
<paths><basedir>/usr/share/icecast2</basedir><logdir>${own}</logdir><webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>access.log</accesslog><errorlog>error.log</errorlog><loglevel>1</loglevel></logging>
<security><chroot>0</chroot>${isRoot ? '<changeowner><user>nobody</user><group>nogroup</group></changeowner>' : ''}</security></icecast>`,
    );
    if (isRoot) chownSync(own, 65534, 65534);
    chmodSync(own, 0o755);
    return on(plan.cores, 'icecast2', ['-c', config]);
  });
  const login = Buffer.from('source:s').toString('base64');
  const sources: Socket[] = [];
  for (const port of ports) {
    const source = connect(port, '127.0.0.1');
    source.on('error', () => {});
    source.write(
      `SOURCE /live HTTP/1.0\r\nAuthorization: Basic ${login}\r\nContent-Type: audio/mpeg\r\n\r\n`,
    );
    await once(source, 'data');
    // Data from which the burst is made.
    if (plan.burst) source.write(Buffer.alloc(16 * plan.burst, 0x55));
    sources.push(source);
  }
  const sound = Buffer.alloc(plan.bytes, 0x55);
  const pace = paced(plan.period, () => {
    for (const source of sources) source.write(sound);
  });
  return {
    ports,
    path: '/live',
    pids: pidsOf(children),
    stop() {
      pace[Symbol.dispose]();
      for (const source of sources) source.destroy();
      return end(children);
    },
  };
}

async function openNchan(plan: StreamPlan): Promise<Server> {
  const port = await freePort();
  const { folder } = plan.workshop;
  const config = join(folder, 'nchan.conf');
  writeFileSync(
    config,
    `load_module /usr/lib/nginx/modules/ngx_nchan_module.so;
${isRoot ? 'user nobody nogroup;' : ''}
daemon off; pid ${folder}/nchan.pid; error_log ${folder}/nchan.log crit;
worker_processes ${plan.processes}; worker_rlimit_nofile 20000;
events { worker_connections 19900; }
http {
  access_log off; tcp_nodelay on;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  nchan_shared_memory_size 256M;
  server {
    listen 127.0.0.1:${port} ${plan.processes > 1 ? 'reuseport ' : ''}backlog=4096;
    location = /publish { nchan_publisher; nchan_channel_id live; nchan_message_buffer_length 4; client_max_body_size 1m; client_body_buffer_size 64k; }
    location = /live { nchan_subscriber http-raw-stream; nchan_channel_id live; nchan_subscriber_first_message newest; nchan_subscriber_timeout 0; }
  }
}`,
  );
  const child = on(plan.cores, 'nginx', ['-c', config, '-p', folder]);
  await reachable(port);
  const sound = Buffer.alloc(plan.bytes, 0x55);
  const publish = (): void => {
    const post = request({ port, host: '127.0.0.1', path: '/publish', method: 'POST' }, (answer) =>
      answer.resume(),
    );
    post.on('error', () => {});
    post.end(sound);
  };
  const pace = paced(plan.period, publish);
  return {
    ports: [port],
    path: '/live',
    pids: family(child.pid ?? 0),
    stop() {
      pace[Symbol.dispose]();
      return end([child]);
    },
  };
}

/** All servers that can be measured, by their name on the command line. */
export const STREAM_PEERS: Readonly<Record<string, StreamPeer>> = {
  c: { name: 'C, epoll and send()', joins: 4000, open: openLimit },
  door: { name: 'Earshot door', joins: 4000, open: openDoor() },
  'door-uncounted': {
    name: 'Earshot door that counts nobody',
    joins: 4000,
    open: openDoor(undefined, 'batch', 'uncounted'),
  },
  'door-each': {
    name: 'Earshot door, a call for each write',
    joins: 4000,
    open: openDoor(undefined, 'each'),
  },
  'door-640': { name: 'Earshot door, write every 640 ms', joins: 4000, open: openDoor(640) },
  'door-320': { name: 'Earshot door, write every 320 ms', joins: 4000, open: openDoor(320) },
  nchan: { name: 'nginx with nchan, raw stream', joins: 4000, open: openNchan },
  // Its listen queue is 5, so a faster crowd is rejected repeatedly.
  icecast: { name: 'Icecast', joins: 600, open: openIcecast },
};
