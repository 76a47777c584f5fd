import { expect, test } from 'vitest';
import { type Ear, rig, unbroken } from '../../test/fanout.ts';
import { ms } from '../base/time.ts';
import { connectionOf } from './socket/connection.ts';

test('a listener on the delayed stream is half a minute behind, and is written to once per segment', () => {
  const trial = rig();
  trial.place = 'ring';
  const ear = trial.join();
  expect(ear.says('earshot-place')).toBe('ring');
  expect(Number(ear.says('earshot-behind'))).toBe(94 * 320);
  expect(ear.says('earshot-period')).toBe('5120');
  expect(ear.seqs.at(-1)).toBe(trial.newest() - 94);
  trial.run(60);
  expect(unbroken(ear.seqs)).toBe(true);
  expect(ear.writes.length).toBeLessThanOrEqual(1 + 12);
  expect(trial.newest() - (ear.seqs.at(-1) ?? 0)).toBeLessThanOrEqual(94 + 16);
  expect(trial.fanout.live('room')).toBe(0);
  expect(trial.fanout.counts().get('room')).toEqual({ streams: 1, live: 0, wanted: ['opus64'] });
});

test('those who have waited longest move up first: they are notified, and at the live edge from then on', () => {
  const trial = rig();
  trial.place = 'ring';
  const ears: Ear[] = [];
  for (let i = 0; i < 5; i += 1) {
    ears.push(trial.join());
    trial.run(1);
  }
  const gone = ears[1] as Ear;
  trial.fanout.drop(connectionOf(gone.socket), 'stalled');
  expect(trial.fanout.promote('room', 2)).toBe(2);
  expect(trial.fanout.live('room')).toBe(2);
  trial.run(12);
  for (const [i, ear] of ears.entries()) {
    if (ear === gone) continue;
    const up = i === 0 || i === 2;
    expect(ear.notices).toHaveLength(up ? 1 : 0);
    if (!up) expect(unbroken(ear.seqs)).toBe(true);
    else {
      const notice = ear.notices[0];
      expect(notice).toMatchObject({ place: 'live', period: 320 });
      const from = notice && 'from' in notice ? notice.from : -1;
      const cut = ear.seqs.indexOf(from);
      expect(unbroken(ear.seqs.slice(0, cut)) && unbroken(ear.seqs.slice(cut))).toBe(true);
      expect(ear.seqs.at(-1)).toBe(trial.newest());
    }
  }
  expect(trial.fanout.promote('nowhere', 3)).toBe(0);
  expect(trial.fanout.promote('room', 9)).toBe(2);
});

test('a radio is moved up and slowed down without notice: it gets sound in every case', () => {
  const trial = rig();
  trial.place = 'ring';
  const ear = trial.join('radio-mp3');
  trial.run(12);
  expect(trial.fanout.promote('room', 1)).toBe(1);
  trial.delivery = { period: 2560 };
  trial.run(50);
  expect(ear.notices).toEqual([]);
  expect(ear.seqs.at(-1)).toBeGreaterThan(trial.newest() - 9);
});

test('the end of the program is heard on the delayed stream as well, half a minute later', () => {
  const trial = rig();
  trial.place = 'ring';
  const ear = trial.join();
  trial.place = 'live';
  const live = trial.join();
  trial.run(10);
  trial.end();
  expect([live.ended, ear.ended]).toEqual([true, false]);
  trial.clock.advance(20_000);
  expect(ear.ended).toBe(false);
  trial.clock.advance(15_000);
  expect(ear.ended).toBe(true);
  expect(ear.seqs.at(-1)).toBe(trial.newest());
  expect(unbroken(ear.seqs)).toBe(true);
});

test('a program younger than half a minute has a shorter delay, with sound at once', () => {
  const trial = rig(50);
  const ear = trial.join('opus64', { delayed: true });
  expect(ear.says('earshot-place')).toBe('ring');
  expect(ear.heard.length).toBeGreaterThan(0);
  expect(ear.says('earshot-period')).toBe('5120');
  expect(Number(ear.says('earshot-behind'))).toBeLessThan(8_000);
  trial.run(12);
  expect(unbroken(ear.seqs)).toBe(true);
});

/**
 * What is left in ms before each later write, for a player that begins as it is told and slows down when it is told.
 */
function leftBeforeWrites(ear: Ear, joined: number, margin: number): number[] {
  const first = ear.heard[0]?.seq ?? 0;
  const given = ear.heard.filter(({ at }) => at === joined).at(-1)?.seq ?? 0;
  const start = Math.max(first * 320, (given + 1) * 320 - margin - Number(ear.says('earshot-next')));
  let period = Number(ear.says('earshot-period'));
  const slowed = ear.notices.flatMap((notice) => {
    if (!('in' in notice) || notice.in === 0) return [];
    const extra = notice.period - period + 200;
    period = notice.period;
    return [{ from: notice.at, extra }];
  });
  return ear.writes.flatMap((at, i) => {
    if (at === joined) return [];
    const before = ear.heard.filter((f) => f.at <= (ear.writes[i - 1] ?? 0)).at(-1)?.seq ?? 0;
    const gained = slowed.reduce(
      (sum, { from, extra }) => sum + Math.min(extra, Math.max(0, at - from) * 0.08),
      0,
    );
    return [(before + 1) * 320 - (start + at - joined - gained)];
  });
}

test.each([2, 6, 12, 16, 40])(
  'on the delayed stream of a program %i s old there is sound at once, and a player that starts as told never runs dry',
  (age) => {
    for (let phase = 0; phase < 16; phase += 1)
      for (const [id, margin] of [
        ['opus64', 300],
        ['radio-mp3', 2600],
      ] as const) {
        const trial = rig(Math.floor(age / 0.32) + phase);
        trial.place = 'ring';
        // Not alone: a full slot before, so that the place in the period is another one.
        for (let i = 0; i < 70 * (phase % 3); i += 1) trial.join(id);
        const ear = trial.join(id, { margin: ms(margin) });
        const what = `${id}, ${age} s, phase ${phase}`;
        expect(ear.says('earshot-place'), what).toBe('ring');
        expect(ear.heard.length, what).toBeGreaterThan(0);
        expect(trial.fanout.live('room'), what).toBe(0);
        const told = age >= 16 || id !== 'radio-mp3' ? margin - 1 : 1;
        trial.run(phase === 0 ? 100 : 12);
        expect(Math.min(...leftBeforeWrites(ear, 0, margin)), what).toBeGreaterThanOrEqual(told);
        expect(unbroken(ear.seqs), what).toBe(true);
        if (phase > 0) continue;
        // Once the program is old enough, a write for each segment does; a radio cannot be told.
        const rare = id === 'opus64' || age >= 16;
        const from = trial.clock.now();
        trial.run(5.12 * 4);
        expect(ear.writes.filter((at) => at > from).length, what).toBe(rare ? 4 : 64);
      }
  },
);

test('a listener who waited near the live edge for the delayed stream moves up without hearing anything twice', () => {
  for (const wait of [4, 100]) {
    const trial = rig(8);
    trial.place = 'ring';
    const [ear, radio] = [trial.join(), trial.join('radio-mp3')];
    trial.run(wait);
    expect(trial.fanout.counts().get('room')).toMatchObject({ streams: 2, live: 0 });
    expect(trial.fanout.promote('room', 5)).toBe(2);
    expect(trial.fanout.live('room')).toBe(2);
    trial.run(6);
    for (const one of [ear, radio]) {
      expect(unbroken(one.seqs)).toBe(true);
      expect(one.seqs.at(-1)).toBe(trial.newest());
    }
    expect(ear.notices.at(-1)).toMatchObject({ place: 'live', period: 320 });
  }
});

test('a delayed listener who has heard more than the delayed stream now has continues where it was', () => {
  const trial = rig(8);
  trial.place = 'ring';
  const first = trial.join();
  trial.run(40);
  trial.fanout.drop(connectionOf(first.socket), 'stalled');
  trial.run(1);
  const after = first.seqs.at(-1) ?? 0;
  const again = trial.join('opus64', { after, was: 'ring' });
  expect(again.says('earshot-place')).toBe('ring');
  expect(again.seqs[0]).toBe(after + 1);
  expect(again.seqs.at(-1)).toBe(trial.newest());
  // A newcomer is as far behind as the delayed stream.
  expect(trial.join().seqs.at(-1)).toBe(trial.newest() - 94);
  trial.run(100);
  expect(unbroken(again.seqs)).toBe(true);
});

test('coming back: a delayed listener continues there, or starts again at the live edge', () => {
  const trial = rig();
  trial.place = 'ring';
  const first = trial.join();
  trial.run(8);
  const after = first.seqs.at(-1) ?? 0;
  const again = trial.join('opus64', { after, was: 'ring' });
  expect(again.says('earshot-place')).toBe('ring');
  trial.run(12);
  expect(again.seqs[0]).toBe(after + 1);
  trial.place = 'live';
  const up = trial.join('opus64', { after, was: 'ring' });
  expect(up.says('earshot-place')).toBe('live');
  expect(up.seqs[0]).toBeGreaterThanOrEqual(trial.newest() - 2);
});

test('a request with the seat of an open connection gets its place, and the earlier connection is closed', () => {
  const trial = rig();
  trial.holder = 'one';
  const [first, second] = [trial.join(), trial.join()];
  expect(trial.fanout.live('room')).toBe(2);
  trial.closesOther = true;
  const third = trial.join();
  // The second had taken the seat without asking: what is closed is whoever has it.
  expect([first.reset, second.reset, third.reset]).toEqual([false, true, false]);
  expect(trial.fanout.live('room')).toBe(2);
  expect(trial.counters.departures.replaced).toBe(1);
  trial.holder = 'two';
  trial.join();
  expect(trial.fanout.live('room')).toBe(3);
  trial.run(2);
  expect(unbroken(third.seqs)).toBe(true);
});

test('however many odd starting points are asked for, few are composed: the others get the shared fragments', () => {
  const trial = rig();
  const ears = Array.from({ length: 100 }, (_, i) => {
    // Who has everything already makes nobody forget what was made.
    trial.join('opus64', { after: trial.newest() });
    return trial.join('opus64', { after: trial.newest() - 10 - i });
  });
  for (const [i, ear] of ears.entries()) {
    expect(ear.seqs).toHaveLength(10 + i);
    expect(unbroken(ear.seqs)).toBe(true);
  }
  // Whole while there is room for it, then fragment by fragment, each the same Buffer for all.
  expect(ears[0]?.buffers).toHaveLength(1);
  const odd = ears.slice(40);
  expect(odd.every((ear) => ear.buffers.length === ear.seqs.length)).toBe(true);
  expect(new Set(odd.flatMap((ear) => ear.buffers)).size).toBeLessThanOrEqual(109);
  trial.run(2);
  for (const ear of ears) expect(unbroken(ear.seqs)).toBe(true);
});
