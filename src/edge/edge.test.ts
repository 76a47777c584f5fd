import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLASSES, classOf, configuration, EDGES, NEVER } from './index.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'earshot-edge-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('classes of addresses', () => {
  test('each example is of its own class and of no other', () => {
    for (const { id, examples } of CLASSES)
      for (const path of examples)
        expect([
          path,
          CLASSES.filter((kind) => new RegExp(kind.path).test(path)).map((kind) => kind.id),
        ]).toEqual([path, [id]]);
  });

  test('what belongs to one person, or never ends, is of none', () => {
    for (const path of NEVER) expect([path, classOf(path)?.id]).toEqual([path, undefined]);
  });

  test('a path that is written another way than ours is passed on, not kept', () => {
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

  const there = (path: string): boolean => existsSync(path);
  test.runIf(there('/usr/sbin/nginx'))('nginx itself takes it', () => {
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
  test.runIf(there('/usr/sbin/haproxy'))('HAProxy itself takes it, without a warning', () => {
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
