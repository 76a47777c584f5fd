import { expect, test } from 'vitest';
import { fakeOrigin, openTestDoor, wire } from '../../../test/door.ts';

test('a radio that wants a playlist file gets one with the absolute address of the stream, as it reached the server', async () => {
  await using door = await openTestDoor(fakeOrigin());
  const base = `http://127.0.0.1:${door.port}`;
  const m3u = await fetch(`${base}/r/room/radio.m3u`);
  expect(m3u.headers.get('content-type')).toContain('audio/x-mpegurl');
  expect(m3u.headers.get('content-disposition')).toContain('room.m3u');
  expect(await m3u.text()).toBe(`#EXTM3U\r\n#EXTINF:-1,Ana - A <room>\r\n${base}/r/room/radio.mp3\r\n`);
  const pls = await fetch(`${base}/r/room/radio.pls`);
  expect(pls.headers.get('content-type')).toContain('audio/x-scpls');
  expect((await pls.text()).split('\r\n')).toEqual([
    ...['[playlist]', 'NumberOfEntries=1', `File1=${base}/r/room/radio.mp3`],
    ...['Title1=Ana - A <room>', 'Length1=-1', 'Version=2', ''],
  ]);
  expect((await fetch(`${base}/r/nobody/radio.pls`)).status).toBe(404);
});

test('the address people use goes before what a request says; without either there is nothing to point at', async () => {
  await using named = await openTestDoor(fakeOrigin(), { publicUrl: 'https://rooms.example.org' });
  expect(await (await fetch(`http://127.0.0.1:${named.port}/r/room/radio.m3u`)).text()).toContain(
    '\nhttps://rooms.example.org/r/room/radio.mp3\r\n',
  );
  await using door = await openTestDoor(fakeOrigin());
  const nameless = wire(door.port, 'GET /r/room/radio.m3u HTTP/1.0\r\n\r\n');
  await nameless.closed;
  expect(nameless.text()).toMatch(/^HTTP\/1\.1 400 /);
});
