import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, describe as group, test } from 'vitest';
import { EarshotError } from '../base/errors.ts';
import { describe, envName, flagName, fromProcess, KEYS, load, type Sources, samplePage } from './index.ts';

const refusal = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof EarshotError && error.code === 'bad-config') return error.message;
    throw error;
  }
  throw new Error('the configuration was accepted');
};

group('sources', () => {
  test('without any source every setting has its default', () => {
    expect(load({ cores: 4 })).toMatchObject({
      port: 8080,
      host: '0.0.0.0',
      doors: 3,
      cells: 2,
      openLead: 900_000,
      backlogLimit: 512_000,
      archive: ['opus64', 'aac96'],
      welcome: true,
      iceServers: [],
    });
  });

  test('a flag wins over the environment and the environment over the file', () => {
    const file = { path: 'f', text: 'EARSHOT_PORT=1\nEARSHOT_UDP_PORT=1 # comment\nEARSHOT_MAX_SPEAKERS=1' };
    const env = { EARSHOT_PORT: '2', EARSHOT_UDP_PORT: '2' };
    const { port, udpPort, maxSpeakers } = load({ cores: 4, file, env, flags: ['--port', '3'] });
    expect({ port, udpPort, maxSpeakers }).toEqual({ port: 3, udpPort: 2, maxSpeakers: 1 });
  });

  test('both ways to write a flag mean the same', () => {
    expect(load({ cores: 4, flags: ['--port=9000', '--log-level', 'warn'] })).toEqual(
      load({ cores: 4, flags: ['--port', '9000', '--log-level=warn'] }),
    );
  });

  test('an empty value means the default', () => {
    expect(load({ cores: 4, env: { EARSHOT_PORT: '', EARSHOT_HOST: ' ' } })).toEqual(load({ cores: 4 }));
  });

  test('variables of other programs are ignored', () => {
    expect(load({ cores: 4, env: { PORT: 'x', HOME: '/root', EARSHOT_CONFIG: 'somewhere' } }).port).toBe(
      8080,
    );
  });

  test('variables that Kubernetes and Docker set for a service called earshot are no settings', () => {
    const env = {
      EARSHOT_SERVICE_HOST: '10.96.7.1',
      EARSHOT_SERVICE_PORT: '8080',
      EARSHOT_SERVICE_PORT_HTTP: '8080',
      EARSHOT_PORT: 'tcp://10.96.7.1:8080',
      EARSHOT_PORT_8080_TCP: 'tcp://10.96.7.1:8080',
      EARSHOT_PORT_8080_TCP_PROTO: 'tcp',
      EARSHOT_PORT_8080_TCP_PORT: '8080',
      EARSHOT_PORT_8080_TCP_ADDR: '10.96.7.1',
      // These come from a service called earshot-udp.
      EARSHOT_UDP_SERVICE_HOST: '10.96.7.2',
      EARSHOT_UDP_PORT: 'udp://10.96.7.2:7700',
    };
    expect(load({ cores: 4, env })).toEqual(load({ cores: 4 }));
  });

  test('quotation marks that docker run --env-file leaves around a value are removed', () => {
    const env = {
      EARSHOT_WELCOME: '"no"',
      EARSHOT_OPERATOR_KEY: "'correct-horse-battery'",
      EARSHOT_ICE_SERVERS: `'[{"urls":"stun:stun.example.org"}]'`,
    };
    const { welcome, operatorKey, iceServers } = load({ cores: 4, env });
    expect({ welcome, operatorKey, iceServers }).toEqual({
      welcome: false,
      operatorKey: 'correct-horse-battery',
      iceServers: [{ urls: 'stun:stun.example.org' }],
    });
  });

  test('a file from Windows, with a mark before its first letter and its ends of lines, is read like any other', () => {
    const text = '\ufeffEARSHOT_MAX_SPEAKERS=7\r\nEARSHOT_HOST="127.0.0.1"\r\n\r\n# mine\r\n';
    const { maxSpeakers, host } = load({ cores: 4, file: { path: 'f', text } });
    expect({ maxSpeakers, host }).toEqual({ maxSpeakers: 7, host: '127.0.0.1' });
  });

  test('a machine with one core gets one door and one cell', () => {
    expect(load({ cores: 1 })).toMatchObject({ doors: 1, cells: 1 });
  });

  test('the file that --config names is read, and one that is not there is named', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-config-'));
    try {
      const path = join(folder, 'earshot.env');
      writeFileSync(path, 'EARSHOT_MAX_SPEAKERS=7\n');
      expect(fromProcess(['--config', path]).maxSpeakers).toBe(7);
      expect(refusal(() => fromProcess(['--config', `${path}.not`]))).toContain(`${path}.not`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('every line of the sample file, uncommented, gives the defaults', () => {
    const text = samplePage().replaceAll(/^#(?=EARSHOT_)/gm, '');
    expect(text.match(/^EARSHOT_/gm)).toHaveLength(KEYS.length);
    expect(load({ cores: 4, file: { path: 'sample', text } })).toEqual(load({ cores: 4 }));
  });
});

group('refusals', () => {
  test('names every wrong key and value at once, where it came from and what would be right', () => {
    const message = refusal(() =>
      load({
        cores: 4,
        file: { path: '/etc/earshot.env', text: 'EARSHOT_POTR=1' },
        env: { EARSHOT_HOST: 'everywhere' },
        flags: ['--port', '99999', '--verbose'],
      }),
    );
    expect(message).toContain(
      'EARSHOT_POTR in /etc/earshot.env = 1: there is no such setting. Did you mean EARSHOT_PORT?',
    );
    expect(message).toContain('EARSHOT_HOST = everywhere: use an IP address');
    expect(message).toContain('--port = 99999: use a whole number from 0 to 65535');
    expect(message).toContain('--verbose: there is no such setting');
  });

  test('a line of the file that is not a setting is named by its number and never shown: it may be a secret', () => {
    const text = '# mine\n\nEARSHOT_PORT=1\n  hunter2 ☠ {{{\nEARSHOT_ICE_SERVERS="[\n]"\n';
    const message = refusal(() => load({ cores: 4, file: { path: '/etc/earshot.env', text } }));
    expect(message).toBe('line 4 of /etc/earshot.env: use NAME=value; a comment begins with #');
  });

  test.each([
    ['port', '-1'],
    ['port', '80.5'],
    ['port', '0x50'],
    ['port', 'Infinity'],
    ['open-lead', '15'],
    ['open-lead', '25h'],
    ['open-lead', '-1s'],
    ['backlog-limit', '1B'],
    ['backlog-limit', '512KB'],
    ['welcome', 'maybe'],
    ['rooms-create', 'everyone'],
    ['public-url', 'ftp://x.example'],
    ['public-url', 'https://x.example/rooms'],
    ['public-url', 'x.example'],
    ['ice-servers', '{}'],
    ['ice-servers', '[{"urls":"http://x"}]'],
    ['ice-servers', '[{"urls":"turn:x","extra":1}]'],
    ['ice-servers', 'turn:x'],
    ['archive', 'opus64,flac'],
    ['public-address', 'example.org'],
    ['doors', '-2'],
  ])('--%s %s', (key, value) => {
    const message = refusal(() => load({ cores: 4, flags: [`--${key}=${value}`] }));
    expect(message).toContain(`--${key} = ${key === 'ice-servers' ? '…' : value}: use`);
  });

  test('a flag without a value', () => {
    expect(refusal(() => load({ cores: 4, flags: ['--port', '--host', '::'] }))).toContain(
      '--port: the value is missing',
    );
  });

  test('a secret that is refused is not repeated', () => {
    expect(refusal(() => load({ cores: 4, env: { EARSHOT_OPERATOR_KEY: 'hunter2' } }))).not.toContain(
      'hunter2',
    );
  });
});

group('values', () => {
  test('by default rooms are started on this machine, and the operator needs no key for it', () => {
    expect(load({ cores: 4 }).roomsCreate).toBe('local');
    expect(load({ cores: 4, flags: ['--rooms-create', 'operator'] }).roomsCreate).toBe('operator');
  });

  test.each([
    ['200ms', 200],
    ['1.5s', 1500],
    ['15min', 900_000],
    ['2h', 7_200_000],
    ['1 h', 3_600_000],
  ])('%s is %d ms', (value, expected) => {
    expect(load({ cores: 4, flags: [`--open-lead=${value}`] }).openLead).toBe(expected);
  });

  test('an address is kept as its origin', () => {
    expect(load({ cores: 4, flags: ['--public-url', 'https://Rooms.Example.org:443/'] }).publicUrl).toBe(
      'https://rooms.example.org',
    );
  });

  test('no secret is shown', () => {
    const env = {
      EARSHOT_OPERATOR_KEY: 'correct-horse-battery-staple',
      EARSHOT_DATABASE: 'postgres://u:pa55@db/earshot',
      EARSHOT_ICE_SERVERS: '[{"urls":"turn:t","username":"u","credential":"pa55"}]',
    };
    const lines = describe(load({ cores: 4, env })).join('\n');
    expect(lines).not.toMatch(/horse|pa55/);
    expect(lines).toContain('operatorKey = (secret)');
    expect(lines).toContain('port = 8080');
  });

  test('each key has its own variable and flag', () => {
    expect([envName('udpPort'), flagName('udpPort')]).toEqual(['EARSHOT_UDP_PORT', '--udp-port']);
    expect(new Set(KEYS.map(envName)).size).toBe(KEYS.length);
  });
});

test('a database URL of neither kind stops the start, and the message does not repeat it', () => {
  const said = (url: string): string => {
    try {
      load({ env: { EARSHOT_DATABASE: url }, cores: 1 });
      return '';
    } catch (error) {
      return (error as Error).message;
    }
  };
  expect(said('mysql://u:geheim@h/d')).toBe(
    'EARSHOT_DATABASE = …: use sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/NAME',
  );
  expect([said('sqlite:x'), said('postgresql://u@h/d'), said('')]).toEqual(['', '', '']);
});

test('EARSHOT_DATABASE_URL is another name of EARSHOT_DATABASE, and one that differs stops the start without repeating it', () => {
  const url = 'postgres://u:pa55@db/earshot';
  const file = (text: string) => ({ path: 'my.env', text });
  const at = (sources: Omit<Sources, 'cores'>): unknown => load({ cores: 1, ...sources }).database;
  const usual = at({ env: { EARSHOT_DATABASE: url } });
  expect(usual).toBeDefined();
  expect(at({ env: { EARSHOT_DATABASE_URL: url } })).toEqual(usual);
  expect(at({ env: { EARSHOT_DATABASE_URL: `"${url}"`, EARSHOT_DATABASE: url } })).toEqual(usual);
  expect(at({ env: { EARSHOT_DATABASE_URL: '', EARSHOT_DATABASE: url } })).toEqual(usual);
  expect(at({ env: { EARSHOT_DATABASE_URL: url, EARSHOT_DATABASE: '' } })).toEqual(usual);
  expect(at({ file: file(`EARSHOT_DATABASE_URL=${url}`) })).toEqual(usual);
  // The environment wins over the file, under whichever name.
  expect(at({ file: file('EARSHOT_DATABASE=sqlite:x'), env: { EARSHOT_DATABASE_URL: url } })).toEqual(usual);

  const both = { EARSHOT_DATABASE: 'sqlite:x', EARSHOT_DATABASE_URL: url };
  const said = 'EARSHOT_DATABASE_URL beside EARSHOT_DATABASE';
  expect(() => at({ env: both })).toThrow(`${said}: they differ; set one of them`);
  expect(() => at({ env: Object.fromEntries(Object.entries(both).reverse()) })).toThrow(said);
  expect(() => at({ file: file(`EARSHOT_DATABASE_URL=${url}\nEARSHOT_DATABASE=sqlite:x`) })).toThrow(
    `${said} in my.env: they differ`,
  );
  expect(() => at({ env: { EARSHOT_DATABASE_URL: 'mysql://u:geheim@h/d' } })).toThrow(
    'EARSHOT_DATABASE_URL = …: use sqlite:PATH',
  );
});

test('a configuration file that cannot be read is named with the reason', () => {
  expect(() => fromProcess(['--config', '/nowhere/earshot.env'])).toThrow(
    'the configuration file /nowhere/earshot.env cannot be read: there is no such file',
  );
  expect(() => fromProcess(['--config', '/'])).toThrow('/ cannot be read: it is a folder');
});
