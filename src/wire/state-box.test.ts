import { expect, test } from 'vitest';
import { encodeNotice } from './notice.ts';
import { type RoomState, stateOfCard } from './room.ts';
import { decodeState, encodeState, streamedState } from './state-box.ts';

const STATE: RoomState = stateOfCard(
  { slug: 'town-hall', title: 'Café “no. 2”', hosts: ['Ada'], status: 'live', clocks: { opened: 5 } },
  1_000,
);

test('a change is read as it was told, in a box that other players skip', () => {
  const change = { at: 2_000, streams: 12, title: 'Ω' };
  const box = encodeState(change);
  expect(decodeState(box)).toEqual(change);
  expect(new TextDecoder('latin1').decode(box.subarray(4, 8))).toBe('emsg');
  expect(new DataView(box.buffer).getUint32(0)).toBe(box.length);
});

test('anything but a change is ignored', () => {
  expect(decodeState(encodeNotice({ period: 320, in: 0 }))).toBeUndefined();
  for (const message of [null, 5, 'text', [], {}, { at: 'now' }])
    expect(decodeState(encodeState(message as never))).toBeUndefined();
  const box = encodeState({ at: 1 });
  expect(decodeState(box.subarray(0, box.length - 1))).toBeUndefined();
  expect(decodeState(box.subarray(0, 20))).toBeUndefined();
});

test('the stream tells the same members at any time', () => {
  const members = Object.keys(streamedState(STATE));
  expect(Object.keys(streamedState({ ...STATE, catchingUp: 3 })).toSorted()).toEqual(members.toSorted());
  const counted = { ...STATE, listeners: { value: 3, status: 'reconciled' } } as const;
  expect(Object.keys(streamedState(counted)).toSorted()).toEqual(members.toSorted());
  expect(streamedState({ ...STATE, status: 'open', clocks: { firstSpeech: 7 } })).toMatchObject({
    moment: 'break',
    catchingUp: 0,
    listeners: 0,
  });
});
