import { expect, test } from 'vitest';
import { linesOf, MAX_LINE, parseLine } from './line-reader.ts';

const stream = (chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
const read = async (chunks: Uint8Array[]) => {
  const lines: string[] = [];
  for await (const line of linesOf(stream(chunks))) lines.push(line);
  return lines;
};

test('lines come whole however the bytes are cut, even inside a character', async () => {
  const bytes = new TextEncoder().encode('{"é":1}\n\n{"b":"日本"}\r\n{"c":3}\n');
  for (let size = 1; size < 9; size++) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
      bytes.slice(i * size, (i + 1) * size),
    );
    const lines = await read(chunks);
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ é: 1 }, { b: '日本' }, { c: 3 }]);
  }
});

test('a stream that breaks inside a line does not deliver half of it', async () => {
  expect(await read([new TextEncoder().encode('{"a":1}\n{"b"')])).toEqual(['{"a":1}']);
});

test('a line without an end is given up', async () => {
  await expect(read([new Uint8Array(MAX_LINE + 1).fill(120)])).rejects.toThrow(RangeError);
});

test('an unknown notice from a newer studio about somebody does not remove them from the console', () => {
  const ana = { id: 'a', name: 'Ana', role: 'host', speaking: true, muted: false, connected: true };
  const roster = (notice: string) =>
    parseLine(JSON.stringify({ kind: 'roster', people: [{ ...ana, joined: 1, loss: 0, notice }] }));
  expect(roster('opposite-phase')).toMatchObject({ people: [{ name: 'Ana', notice: 'opposite-phase' }] });
  expect(roster('hum')).toMatchObject({ people: [{ name: 'Ana', notice: undefined }] });
});

test('every kind of line is understood', () => {
  const person = {
    id: 'a',
    name: 'Ana',
    role: 'host',
    speaking: true,
    muted: false,
    connected: true,
    joined: 1,
    loss: 0,
    forced: false,
    asks: false,
  };
  for (const line of [
    { kind: 'you', id: 'a', name: 'Ana', role: 'co-host' },
    { kind: 'roster', people: [person], ears: [{ id: 'b', name: 'Ben', role: 'speaker' }] },
    { kind: 'levels', people: { a: 23 }, program: -12.5 },
    { kind: 'asked', what: 'leave', by: 'Ana' },
    { kind: 'asked', what: 'listen', by: 'Ana' },
    { kind: 'roster', people: [{ ...person, backstage: true, hand: true }], ears: [] },
    {
      ...{ kind: 'hands', up: 1, gone: ['x'], whole: true },
      hands: [
        {
          ...{ id: 'h', n: 1, name: 'Zoe', topic: 'Why?', since: 5, standing: 'up', speaker: 's' },
          ...{ away: true, trouble: 'denied' },
        },
      ],
    },
    {
      ...{ kind: 'access', rules: { invitedOnly: true, speakers: 3, check: true } },
      bans: [{ id: 'b', name: 'Zoe', reason: 'r', by: 'Ana', at: 5, speaker: 's', device: 'd' }],
    },
    {
      kind: 'program',
      status: 'live',
      program: { carries: 'stage', since: 5, deadAir: { cause: 'all-muted', since: 6 } },
      streams: 12,
      gaps: 0,
      recordingFailed: false,
    },
  ])
    expect(parseLine(JSON.stringify(line))).toEqual(line);
});

test('a line of an unknown kind is ignored', () => {
  for (const text of [
    '',
    'null',
    '[]',
    '{"kind":"new"}',
    '{"kind":"you","id":4}',
    '{"kind":"roster","people":{}}',
    'x',
  ])
    expect(parseLine(text), text).toBeUndefined();
});
