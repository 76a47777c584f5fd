import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAX_MUSIC_BYTES } from '../room/music.ts';
import { MUSIC, MUSIC_MB } from './classes.ts';
import { CLASSES, classOf, configuration, EDGES, NEVER } from './index.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-edge-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('classes of addresses', () => {
  test('each example is in its own class and no other', () => {
    for (const { id, examples } of CLASSES)
      for (const path of examples)
        expect([
          path,
          CLASSES.filter((kind) => new RegExp(kind.path).test(path)).map((kind) => kind.id),
        ]).toEqual([path, [id]]);
  });

  test('what belongs to one person, or never ends, is in none', () => {
    for (const path of NEVER) expect([path, classOf(path)?.id]).toEqual([path, undefined]);
  });

  test('a path in another spelling than ours is passed on, not cached', () => {
    for (const path of [
      '/r/hall/live/../../api/rooms',
      '/r/hall/live/opus64/1234.m4s/',
      '/r/hall/live/opus64/1234.m4s%00',
      '/r/HALL/state.json',
      '/r/hall/live/opus64/12345678901.m4s',
      '/r/hall/state.json;x',
    ])
      expect([path, classOf(path)?.id]).toEqual([path, undefined]);
  });
});

describe('configurations', () => {
  const options = {
    origin: { host: '127.0.0.1', port: 4711 },
    listen: '127.0.0.1:4712',
    folder: '/tmp/earshot-never',
    megabytes: 64,
  };
  test.each(EDGES)('%s names the origin and has every class in it', (edge) => {
    const text = configuration(edge, options);
    expect(text).toMatch(/127\.0\.0\.1(:4711|", *\n? *\.port = "4711|";\n\s+\.port = "4711|, port 4711)/);
    for (const { path } of CLASSES) expect(text).toContain(path);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  test('forwarded fields are what the program itself sees, in every place that passes requests on', () => {
    const blocks = configuration('nginx', options)
      .split(/^ {4}location /m)
      .slice(1);
    expect(blocks.length).toBe(CLASSES.length + 3);
    for (const block of blocks) {
      expect(block).toContain('proxy_set_header X-Forwarded-For $remote_addr;');
      expect(block).toContain('proxy_set_header X-Forwarded-Proto $scheme;');
      expect(block).toContain('proxy_set_header X-Forwarded-Host "";');
      expect(block).toContain('proxy_set_header Forwarded "";');
    }
    const lines = configuration('haproxy', options)
      .split('\n')
      .map((line) => line.trim());
    // Without a condition, and before anything is kept.
    const set = lines.indexOf('http-request set-header X-Forwarded-For %[src]');
    expect(set).toBeGreaterThan(0);
    expect(set).toBeLessThan(lines.findIndex((line) => line.startsWith('http-request cache-use')));
    expect(lines).toContain('http-request set-header X-Forwarded-Proto http if !{ ssl_fc }');
    for (const name of ['X-Forwarded-Host', 'Forwarded']) {
      expect(lines).toContain(`http-request del-header ${name}`);
      expect(configuration('varnish', options)).toContain(`unset req.http.${name};`);
    }
    expect(configuration('varnish', options)).toContain('set req.http.X-Forwarded-For = client.ip;');
  });

  test('an origin may have an IPv6 address', () => {
    const far = { ...options, origin: { host: '[2001:db8::5]', port: 4711 } };
    expect(configuration('nginx', far)).toContain('server [2001:db8::5]:4711 ');
    expect(configuration('haproxy', far)).toContain('server earshot [2001:db8::5]:4711');
    expect(configuration('varnish', far)).toContain('.host = "2001:db8::5";');
  });

  test("a host's hold music of the largest size passes", () => {
    const text = configuration('nginx', options);
    const [, block] = text.split(`location ~ "${MUSIC}"`);
    const megabytes = Number(/client_max_body_size (\d+)m/.exec(block ?? '')?.[1]);
    expect(megabytes * 1_048_576).toBeGreaterThan(MAX_MUSIC_BYTES);
    expect(MUSIC_MB * 1e6).toBe(MAX_MUSIC_BYTES);
    expect('/api/rooms/hall/music').toMatch(new RegExp(MUSIC));
  });

  const there = (path: string): boolean => existsSync(path);
  test.runIf(there('/usr/sbin/nginx'))('nginx itself accepts it', () => {
    const folder = join(dir, 'cache');
    mkdirSync(folder);
    const conf = join(dir, 'nginx.conf');
    writeFileSync(
      conf,
      `pid ${dir}/pid; error_log ${dir}/error.log; events {} http { access_log off;\n${configuration('nginx', { ...options, folder })}\n}`,
    );
    execFileSync('/usr/sbin/nginx', ['-t', '-q', '-p', dir, '-c', conf, '-e', join(dir, 'error.log')], {
      stdio: 'pipe',
    });
  });
  test.runIf(there('/usr/sbin/nginx'))(
    'in a fresh Debian nginx the default page is replaced, and other sites stay',
    async () => {
      const place = mkdtempSync(join(dir, 'debian-'));
      const port = await freePort();
      const conf = join(place, 'nginx.conf');
      const temp = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
        (name) => `${name}_temp_path ${join(place, name)};`,
      );
      // As /etc/nginx has them: conf.d before sites-enabled.
      const sites = `server { listen ${port} default_server; listen [::]:${port} default_server; server_name _; return 200 fresh; }
server { listen ${port}; server_name blog.example; return 200 blog; }`;
      const ours = configuration('nginx', { ...options, listen: `${port}`, folder: join(place, 'kept') });
      writeFileSync(
        conf,
        `daemon off; master_process off; pid ${place}/pid; events {} http { access_log off; ${temp.join(' ')}\n${ours}\n${sites}\n}`,
      );
      const nginx = spawn('/usr/sbin/nginx', ['-p', place, '-c', conf, '-e', join(place, 'error.log')], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      nginx.stderr.on('data', (chunk) => (said += chunk));
      try {
        const ask = (host: string): Promise<string> =>
          new Promise((resolve) => {
            const asked = get(
              { port, host: '127.0.0.1', path: '/openapi.json', headers: { host } },
              (answer) => {
                let text = '';
                answer
                  .on('data', (chunk) => (text += chunk))
                  .on('end', () => resolve(`${answer.statusCode} ${text}`));
              },
            );
            asked.on('error', () => resolve(''));
          });
        for (let look = 0; look < 100 && (await ask('blog.example')) === ''; look += 1)
          await new Promise((resolve) => setTimeout(resolve, 50));
        // Nobody is behind it here.
        expect((await ask(`127.0.0.1:${port}`)).slice(0, 3), said).toBe('502');
        expect((await ask('rooms.example.org')).slice(0, 3)).toBe('502');
        expect(await ask('blog.example')).toBe('200 blog');
        expect(said).toBe('');
      } finally {
        const gone = once(nginx, 'close');
        nginx.kill('SIGTERM');
        await gone;
      }
    },
  );
  test.runIf(there('/usr/sbin/haproxy'))('HAProxy itself accepts it, without a warning', () => {
    const conf = join(dir, 'haproxy.cfg');
    writeFileSync(conf, configuration('haproxy', options));
    execFileSync('/usr/sbin/haproxy', ['-c', '-q', '-dW', '-f', conf], { stdio: 'pipe' });
  });
  test.runIf(there('/usr/sbin/varnishd') && there('/usr/bin/gcc'))('Varnish itself compiles it', () => {
    const conf = join(dir, 'earshot.vcl');
    writeFileSync(conf, configuration('varnish', options));
    execFileSync('/usr/sbin/varnishd', ['-C', '-j', 'none', '-f', conf, '-n', join(dir, 'varnish')], {
      stdio: 'pipe',
    });
  });
});
