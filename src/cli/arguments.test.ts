import { expect, test } from 'vitest';
import { decimal, milliseconds, oneOf, readArguments, wholeNumber } from './arguments.ts';
import { command as crowd } from './crowd.ts';
import { command as edge } from './edge.ts';
import { command as listen } from './listen-command.ts';
import { command as plan } from './plan.ts';
import { command as say } from './say.ts';

const OPTIONS = {
  listeners: { type: 'string' },
  out: { type: 'string', short: 'o' },
  json: { type: 'boolean', default: false },
} as const;
const read = (...args: string[]) => readArguments('crowd', args, OPTIONS, 1);

test('reads options in both ways of writing, short ones, words, and numbers below zero', () => {
  const { values, positionals } = read('--listeners', '-5', 'room', '-o', 'dir', '--json');
  expect({ ...values }).toEqual({ listeners: '-5', out: 'dir', json: true });
  expect(positionals).toEqual(['room']);
  expect(read('--listeners=7=8').values.listeners).toBe('7=8');
});

test.each([
  [['--listeners'], '--listeners: the value is missing'],
  [['--listeners', '--json'], '--listeners: the value is missing'],
  [['-o'], '--out: the value is missing'],
  [['--listners', '5'], 'there is no option --listners'],
  [['--listners=5'], 'there is no option --listners'],
  [['-x'], 'there is no option -x'],
  [['-5'], 'there is no option -5'],
  [['--json=yes'], '--json = yes: it takes no value'],
  [['room', 'other'], '"other" is one word too many'],
])('a mistake like %j is explained in one sentence', (args, said) => {
  expect(() => read(...args)).toThrow(`${said}; see earshot crowd --help`);
});

test('a value out of its range is named with the option and what it takes', () => {
  expect(() => wholeNumber('-5', 'listeners', 1, 10_000_000)).toThrow(
    '--listeners = -5: use a whole number from 1 to 10,000,000',
  );
  for (const text of ['0', '1.5', '11', 'x', '', '1e1'])
    expect(() => wholeNumber(text, 'n', 1, 10)).toThrow(`--n = ${text}: use a whole number from 1 to 10`);
  expect(wholeNumber('10', 'n', 1, 10)).toBe(10);
  expect(() => decimal('1.1', 'pages', 0, 1, 'share')).toThrow('--pages = 1.1: use a share from 0 to 1');
  expect(decimal('0.25', 'pages', 0, 1)).toBe(0.25);
  expect(() => milliseconds('-5s', 'hold')).toThrow('--hold = -5s: use a time from 0s to 24h, such as 30s');
  expect(() => milliseconds('25h', 'hold')).toThrow('--hold = 25h: use a time from 0s to 24h');
  expect([milliseconds('2min', 'hold'), milliseconds('3', 'hold')]).toEqual([120_000, 3_000]);
  expect(() => oneOf('mp3', 'codec', ['opus', 'aac'])).toThrow('--codec = mp3: use opus or aac');
});

const ROOM = 'http://localhost:1/r/x';
test.each([
  [crowd, [ROOM, '--listeners', '-5'], '--listeners = -5: use a whole number from 1 to 10,000,000'],
  [crowd, [ROOM, '--listeners', '5', '--key', 'k', '--codec', 'mp3'], '--codec = mp3: use opus or aac'],
  [crowd, [ROOM, '--listeners', '5', '--key', 'k', '--hls', '2'], '--hls = 2: use a share from 0 to 1'],
  [crowd, ['nonsense', '--listeners', '5', '--key', 'k'], '"nonsense" is not a room such as http://'],
  [crowd, ['--check', '/nowhere/c.json'], '--check = /nowhere/c.json: there is no such file'],
  [listen, [ROOM, '--seconds', '-5'], '--seconds = -5: use a number of seconds from 0.1 to'],
  [plan, ['--listeners', 'abc'], '--listeners = abc: use a number from 1 to 10000000000'],
  [plan, ['--tls', 'maybe'], '--tls = maybe: use yes or no'],
  [edge, ['nginx', '--size', '-1'], '--size = -1: use a whole number from 8 to'],
  [edge, ['nginx', '--listen', '99999'], '--listen = 99999: use a port from 1 to 65535'],
  [say, ['x.wav', '--room', 'r', '--pause', '-1'], '--pause = -1: use a number of seconds from 0 to 86,400'],
])('a command refuses in words: %#', async (command, args, said) => {
  await expect(command(args)).rejects.toThrow(said);
});
