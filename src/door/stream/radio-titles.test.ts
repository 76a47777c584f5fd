import { expect, test } from 'vitest';
import { fakeOrigin, numbers, openTestDoor, until, wire } from '../../../test/door.ts';
import { oggFragment, oggInit } from '../../packager/radio.ts';
import { radioTitle, TITLE_INTERVAL } from '../request/radio-fields.ts';
import { withOggTitle } from './ogg-title.ts';
import { alignedToBlock, TitleBlocks, titleBlock } from './radio-titles.ts';

const radioGet = (field = 'Icy-MetaData: 1\r\n', format = 'mp3') =>
  `GET /r/room/radio.${format} HTTP/1.1\r\nHost: h\r\n${field}\r\n`;

/** Takes the blocks out as a radio does: after each interval a byte with the length of a block, and the block. */
function unmixed(body: Buffer): { sound: Buffer; titles: string[] } {
  const sound: Buffer[] = [];
  const titles: string[] = [];
  let at = 0;
  while (at < body.length) {
    sound.push(body.subarray(at, at + TITLE_INTERVAL));
    at += TITLE_INTERVAL;
    if (at >= body.length) break;
    const length = (body[at] ?? 0) * 16;
    const block = body.subarray(at + 1, at + 1 + length);
    if (block.length < length) break;
    titles.push(/^StreamTitle='(.*)';\0*$/.exec(block.toString())?.[1] ?? `no block: ${block}`);
    at += 1 + length;
  }
  return { sound: Buffer.concat(sound), titles };
}
/** Fragments that are whole in a run of bytes which may begin within one. */
function wholeIn(sound: Buffer, size: number): number[] {
  for (let from = 0; from < size; from += 1)
    if (sound.readUInt32BE(from) === size && sound.readUInt32BE(from + size) === size)
      return numbers(sound.subarray(from, from + Math.floor((sound.length - from) / size) * size));
  throw new Error('no fragment in it');
}

test('a radio that asks for titles gets them between the sound, whenever it joins, and the sound is complete', async () => {
  const origin = fakeOrigin();
  const SIZE = 2560;
  for (let i = 0; i < 30; i += 1) origin.tick(SIZE);
  await using door = await openTestDoor(origin);
  const early = wire(door.port, radioGet());
  await early.has(TITLE_INTERVAL * 2);
  for (let i = 0; i < 11; i += 1) origin.tick(SIZE);
  const late = wire(door.port, radioGet('ICY-METADATA:1\r\n'));
  await late.has(TITLE_INTERVAL * 2);
  const card = origin.rooms.get('room');
  if (card) origin.rooms.set('room', { ...card, title: "The host's new title" });
  for (let i = 0; i < 20; i += 1) origin.tick(SIZE);
  await until(() => unmixed(late.body()).titles.includes('Ana - The host’s new title'));
  await until(() => unmixed(early.body()).titles.includes('Ana - The host’s new title'));
  for (const radio of [early, late]) {
    const { sound, titles } = unmixed(radio.body());
    expect(titles[0]).toBe('Ana - A <room>');
    expect(new Set(titles)).toEqual(new Set(['Ana - A <room>', 'Ana - The host’s new title']));
    const seqs = wholeIn(sound, SIZE);
    expect(seqs.length).toBeGreaterThan(20);
    expect(seqs.every((seq, i) => i === 0 || seq === (seqs[i - 1] ?? 0) + 1)).toBe(true);
    expect(radio.text()).toContain(`icy-metaint: ${TITLE_INTERVAL}\r\n`);
  }
});

test('without asking it gets the sound alone, with the name of the room in the head', async () => {
  const origin = fakeOrigin();
  for (let i = 0; i < 12; i += 1) origin.tick();
  await using door = await openTestDoor(origin);
  for (const field of ['', 'Icy-MetaData: 0\r\n']) {
    const radio = wire(door.port, radioGet(field));
    await radio.has(400);
    expect(radio.text()).toContain('icy-name: A <room>\r\nicy-description: Ana\r\nicy-br: 64\r\n');
    expect(radio.text()).not.toContain('icy-metaint: ');
    expect(radio.body().includes('StreamTitle')).toBe(false);
  }
});

test('fragments that are far smaller than the interval align as well', () => {
  const blocks = new TitleBlocks(() => 'T');
  const kept = Array.from({ length: 125 }, (_, seq) => blocks.take({ seq, bytes: Buffer.alloc(300, seq) }));
  const slots = alignedToBlock(kept.slice(-9), kept);
  const bytes = Buffer.concat(slots.map((slot) => slot.bytes));
  // What comes next makes the interval whole.
  const more = Buffer.concat([
    bytes,
    ...Array.from({ length: 30 }, (_, n) => blocks.take({ seq: 125 + n, bytes: Buffer.alloc(300) }).bytes),
  ]);
  expect(unmixed(more).titles).toEqual(['T']);
  expect(bytes.length).toBeGreaterThan(9 * 300);
});

test('a title cannot break out of its block, and an endless one is cut between letters', () => {
  expect(radioTitle({ title: 'a\r\nicy-x: 1\0', hosts: [] })).toBe('a icy-x: 1 ');
  expect(titleBlock("x';StreamUrl='evil").toString()).not.toContain("x';");
  const long = titleBlock('ü'.repeat(5000));
  expect(long.length).toBe(1 + 255 * 16);
  expect(long.subarray(1).toString()).not.toContain('\uFFFD');
});

test('an Ogg radio has title and hosts among its comments, in pages that check', () => {
  const init = withOggTitle(oggInit(), { title: 'Ünï '.repeat(40), hosts: ['Ana', 'Ben'] });
  const bytes = Buffer.from(init);
  expect(bytes.includes('TITLE=Ünï')).toBe(true);
  expect(bytes.includes('ARTIST=Ben')).toBe(true);
  // The page of sound that follows has the next number.
  expect(Buffer.from(oggFragment(0, [Buffer.from('x')])).readUInt32LE(18)).toBe(2);
  expect(bytes.readUInt32LE(bytes.indexOf('OggS', 4) + 18)).toBe(1);
});
