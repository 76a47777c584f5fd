import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { chance } from '../../test/chance.ts';
import { isCalled } from '../wire/place-in-line.ts';
import { LAST_RANK, type QueueState } from '../wire/queue.ts';
import { Line, type LineInput, type StoredLine } from './line.ts';
import type { Ticket } from './ticket.ts';
import { TicketCounter } from './ticket-counter.ts';

/** One person who waits, in the order in which they came. */
interface Person extends Ticket {
  readonly came: number;
}

/** A room with one line and some doors, second by second. */
class Evening {
  line: Line;
  readonly states: string[] = [];
  readonly waiting: Person[] = [];
  readonly seated: Person[] = [];
  doors: TicketCounter[];
  now = 0;
  wall = 1_000_000_000;
  live = 0;
  #lives = 0;
  readonly #random: () => number;

  constructor(seed: number, doors = 3) {
    this.#random = chance(seed);
    this.line = new Line('evening');
    this.doors = Array.from({ length: doors }, () => new TicketCounter(`life ${this.#lives++}`));
  }

  join(people = 1) {
    for (let i = 0; i < people; i++) {
      const door = this.#door();
      const rank = 1 + Math.floor(this.#random() * LAST_RANK);
      const ticket = { slug: 'evening', minute: this.line.state.open, rank, kind: 'wait', until: 0 } as const;
      door.gave(ticket);
      this.waiting.push({ ...ticket, came: this.waiting.length + this.seated.length });
    }
  }

  second(input: Partial<LineInput> = {}, shows: (person: Person) => boolean = () => true): Person[] {
    this.now += 1000;
    this.wall += 1000;
    for (const door of this.doors) this.line.take(door.told(), this.now);
    if (this.line.step({ now: this.now, wall: this.wall, live: this.live, holding: false, ...input }))
      this.states.push(this.line.text);
    for (const door of this.doors) door.passed(this.line.state);
    const up: Person[] = [];
    for (const person of [...this.waiting]) {
      if (!isCalled(this.line.state, person) || !shows(person)) continue;
      if (this.line.state.places !== undefined && this.live >= this.line.state.places) break;
      this.waiting.splice(this.waiting.indexOf(person), 1);
      this.seated.push(person);
      this.#door().came(person);
      this.live += 1;
      up.push(person);
    }
    return up;
  }

  restart(record: StoredLine) {
    this.line = new Line('evening', JSON.parse(JSON.stringify(record)) as StoredLine);
    this.doors = this.doors.map(() => new TicketCounter(`life ${this.#lives++}`));
  }

  #door(): TicketCounter {
    return this.doors[Math.floor(this.#random() * this.doors.length)] as TicketCounter;
  }
}

/** What an outsider with nothing but the published lines can check: nobody rewrote them, and nobody jumped the line. */
function replay(states: readonly string[]) {
  let before: { text: string; state: QueueState } | undefined;
  for (const text of states) {
    const state = JSON.parse(text) as QueueState;
    if (before) {
      expect(state.seq).toBe(before.state.seq + 1);
      expect(state.previous).toBe(createHash('sha256').update(before.text).digest('hex'));
      const [was, is] = [before.state.admitted, state.admitted];
      expect(is.minute > was.minute || (is.minute === was.minute && is.rank >= was.rank)).toBe(true);
      expect(state.open).toBeGreaterThanOrEqual(before.state.open);
    }
    // Whoever gets a ticket now comes after everybody who is called now.
    if (state.open > 0) expect(state.open).toBeGreaterThan(state.admitted.minute);
    before = { text, state };
  }
}

describe('a cap', () => {
  test('a free place goes to the first in line; nobody else moves', () => {
    const evening = new Evening(1);
    evening.live = 2;
    evening.second({ cap: 2 });
    evening.join();
    evening.second({ cap: 2 });
    evening.now += 61_000;
    evening.second({ cap: 2 });
    evening.join();
    for (let i = 0; i < 5; i++) expect(evening.second({ cap: 2 })).toEqual([]);
    evening.live = 1;
    const up = [...evening.second({ cap: 2 }), ...evening.second({ cap: 2 }), ...evening.second({ cap: 2 })];
    expect(up.map(({ came }) => came)).toEqual([0]);
    evening.live -= 1;
    expect([...evening.second({ cap: 2 }), ...evening.second({ cap: 2 })].map(({ came }) => came)).toEqual([
      1,
    ]);
    replay(evening.states);
  });

  test('a free place is given to one door, for its next listener, and to no other', () => {
    const evening = new Evening(2);
    evening.second({ cap: 5 });
    const limits = evening.line.limits(
      new Map([
        ['a', 3],
        ['b', 0],
        ['c', 0],
      ]),
    );
    evening.live = 3;
    evening.second({ cap: 5 });
    const later = evening.line.limits(
      new Map([
        ['a', 3],
        ['b', 0],
        ['c', 0],
      ]),
    );
    expect(Object.values(limits).reduce((a, b) => a + b)).toBe(3 + 5);
    expect(later).toEqual({ a: 3, b: 1, c: 1 });
    // Doors with delayed listeners come first.
    expect(
      evening.line.limits(
        new Map([
          ['a', 3],
          ['b', 0],
          ['c', 0],
        ]),
        new Map([['a', 7]]),
      ),
    ).toEqual({ a: 5, b: 0, c: 0 });
  });

  test('while somebody waits a free place is not given to a newcomer', () => {
    const evening = new Evening(3);
    evening.live = 2;
    evening.second({ cap: 2 });
    evening.join(3);
    evening.second({ cap: 2 });
    evening.live = 1;
    evening.second({ cap: 2 }, () => false);
    expect(evening.line.limits(new Map([['a', 1]]))).toEqual({ a: 0 });
  });

  test('a lower cap removes nobody, no cap calls everybody, and then there is no queue', () => {
    const evening = new Evening(4);
    evening.live = 10;
    evening.second({ cap: 10 });
    evening.join(7);
    evening.second({ cap: 2 });
    expect(evening.line.state).toMatchObject({ places: 2, free: 0 });
    evening.second({});
    expect(evening.waiting).toEqual([]);
    evening.second({});
    expect(evening.line.needed).toBe(false);
  });

  test('whoever does not come when called loses the place to the next after 30 s, and may still come later', () => {
    const evening = new Evening(5);
    evening.live = 1;
    evening.second({ cap: 1 });
    evening.join(2);
    evening.second({ cap: 1 });
    evening.live = 0;
    const [first] = [...evening.waiting].sort((a, b) => a.rank - b.rank);
    const away = (person: Person) => person !== first;
    let seconds = 0;
    while (evening.seated.length === 0 && seconds < 120) {
      evening.second({ cap: 1 }, away);
      seconds += 1;
    }
    expect(seconds).toBeGreaterThanOrEqual(30);
    expect(seconds).toBeLessThan(35);
    expect(isCalled(evening.line.state, first as Person)).toBe(true);
  });
});

describe('many', () => {
  /** Draws `people` for a tenth of them; the processor time of the line's own work, ms, and how many got in. */
  const drawn = (people: number): { took: number; live: number } => {
    const cap = people / 10;
    const evening = new Evening(6);
    const draw = evening.wall + 60_000;
    evening.second({ cap, draw });
    evening.join(people);
    evening.second({ cap, draw });
    expect(evening.line.state.admitted).toEqual({ minute: 0, rank: 0 });
    evening.wall = draw;
    let took = 0;
    for (let i = 0; i < 40; i++) {
      const from = process.cpuUsage();
      evening.now += 1000;
      for (const door of evening.doors) evening.line.take(door.told(), evening.now);
      const { now, wall, live } = evening;
      evening.line.step({ now, wall, live, cap, holding: false });
      const { user, system } = process.cpuUsage(from);
      took += (user + system) / 1000;
      const called = evening.waiting.filter((person) => isCalled(evening.line.state, person));
      evening.live = called.length;
      const fresh = called.length - evening.seated.length;
      evening.seated.push(...called.slice(0, Math.max(0, fresh)));
      for (const door of evening.doors) door.passed(evening.line.state);
      for (const person of called) evening.doors[person.came % 3]?.came(person);
    }
    return { took, live: evening.live };
  };

  test('a hundred thousand in a draw fill a cap of ten thousand, and cost no more a person than ten thousand do', () => {
    const few = drawn(10_000);
    const many = drawn(100_000);
    expect(many.live).toBeGreaterThan(9_700);
    expect(many.live).toBeLessThan(10_300);
    // Ten times as many; a square would be a hundred times as much.
    expect(many.took).toBeLessThan(40 * Math.max(few.took, 5));
  });

  test('the draw ignores who came first', () => {
    // Chi-square over the tenths in which people came; 9 degrees of freedom, 27.9 is exceeded once in a thousand.
    const evening = new Evening(7);
    const draw = evening.wall + 60_000;
    evening.second({ cap: 2_000, draw });
    evening.join(20_000);
    evening.second({ cap: 2_000, draw });
    evening.wall = draw;
    for (let i = 0; i < 3; i++) {
      evening.now += 1000;
      for (const door of evening.doors) evening.line.take(door.told(), evening.now);
      evening.line.step({ now: evening.now, wall: draw, live: 0, cap: 2_000, holding: false });
    }
    const tenths = new Array<number>(10).fill(0);
    const up = evening.waiting.filter((person) => isCalled(evening.line.state, person));
    for (const { came } of up) tenths[Math.floor(came / 2_000)] = (tenths[Math.floor(came / 2_000)] ?? 0) + 1;
    const expected = up.length / 10;
    expect(up.length).toBeGreaterThan(1_800);
    expect(tenths.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(27.9);
  });

  test.each([
    ['at once', 1, 0],
    ['within a minute, for they looked a minute ago', 60, 0],
    ['within a minute, while the cell dies and comes back in the middle of it', 60, 40],
  ])('called people who come %s take no more places than there are', (_, within, restart) => {
    const evening = new Evening(13);
    const draw = evening.wall + 60_000;
    const random = chance(14);
    const cap = 20_000;
    evening.second({ cap, draw });
    evening.join(100_000);
    evening.second({ cap, draw });
    evening.wall = draw;
    const all = [...evening.waiting].sort((a, b) => a.rank - b.rank);
    const coming = new Map<number, Person[]>();
    let [called, most] = [0, 0];
    for (let second = 0; second < 400; second++) {
      evening.now += 1000;
      for (const door of evening.doors) evening.line.take(door.told(), evening.now);
      if (second === restart && restart > 0) {
        const record = JSON.stringify(evening.line.record());
        evening.line = new Line('evening', JSON.parse(record) as StoredLine);
      }
      const { now, wall, live } = evening;
      evening.line.step({ now, wall, live, cap, holding: false });
      for (const door of evening.doors) door.passed(evening.line.state);
      for (; called < all.length; called++) {
        const person = all[called] as Person;
        if (!isCalled(evening.line.state, person)) break;
        // Three in a hundred do not come.
        if (random() < 0.03) continue;
        const when = second + 1 + Math.floor(random() * within);
        const list = coming.get(when) ?? [];
        list.push(person);
        coming.set(when, list);
      }
      for (const person of coming.get(second) ?? []) {
        evening.doors[person.came % 3]?.came(person);
        evening.live += 1;
      }
      most = Math.max(most, evening.live);
      // A few leave.
      if (second > 200) evening.live -= 10;
    }
    expect(most).toBeLessThan(cap * 1.01);
    expect(most).toBeGreaterThan(cap * 0.99);
    expect(evening.live).toBeGreaterThan(cap * 0.95);
  });

  test('when half do not come, twice as many are called, and the places are filled', () => {
    const evening = new Evening(8);
    evening.live = 100;
    evening.second({ cap: 100 });
    evening.join(6_000);
    evening.second({ cap: 100 });
    const shows = ({ rank }: Person) => rank % 2 === 0;
    let empty = 0;
    for (let i = 0; i < 400; i++) {
      evening.live = Math.max(0, evening.live - 5);
      evening.second({ cap: 100 }, shows);
      if (i > 200) empty += 100 - evening.live;
    }
    expect(evening.live).toBeLessThanOrEqual(100);
    expect(empty / 200).toBeLessThan(15);
    replay(evening.states);
  });
});

describe('what must not change the order', () => {
  test('a restart of everything keeps every place', () => {
    const evening = new Evening(9);
    evening.live = 3;
    evening.second({ cap: 3 });
    for (let minute = 0; minute < 4; minute++) {
      evening.join(5);
      for (let i = 0; i < 61; i++) evening.second({ cap: 3 });
    }
    evening.live = 1;
    evening.second({ cap: 3 });
    const { admitted } = evening.line.state;
    evening.restart(evening.line.record());
    expect(evening.line.state.admitted).toEqual(admitted);
    evening.second({ cap: 3 });
    evening.join(5);
    for (let i = 0; i < 600; i++) {
      evening.live = Math.max(0, evening.live - 1);
      evening.second({ cap: 3 });
    }
    expect(evening.waiting).toEqual([]);
    const order = evening.seated.map(({ minute }) => minute);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    // The five who came after the restart were the last five.
    expect(
      evening.seated
        .slice(-5)
        .map(({ came }) => came)
        .sort((a, b) => a - b),
    ).toEqual([20, 21, 22, 23, 24]);
    replay(evening.states);
  });

  test('a wall clock that jumps an hour, either way', () => {
    for (const jump of [3_600_000, -3_600_000]) {
      const evening = new Evening(10);
      evening.live = 1;
      evening.second({ cap: 1 });
      evening.join(1);
      for (let i = 0; i < 61; i++) evening.second({ cap: 1 });
      evening.wall += jump;
      evening.join(1);
      for (let i = 0; i < 61; i++) evening.second({ cap: 1 });
      const { open } = evening.line.state;
      expect(open).toBeLessThan(6);
      for (let i = 0; i < 2; i++) {
        evening.live = 0;
        evening.second({ cap: 1 });
        evening.second({ cap: 1 });
      }
      expect(evening.seated.map(({ came }) => came)).toEqual([0, 1]);
      replay(evening.states);
    }
  });

  test('a ticket whose door died before it told of it is called when nobody else waits', () => {
    const evening = new Evening(11);
    evening.live = 1;
    evening.second({ cap: 2 });
    const lost: Ticket = {
      slug: 'evening',
      minute: evening.line.state.open,
      rank: 5,
      kind: 'wait',
      until: 0,
    };
    for (let i = 0; i < 62; i++) evening.second({ cap: 2 });
    expect(isCalled(evening.line.state, lost)).toBe(true);
    replay(evening.states);
  });
});

describe('the ladder', () => {
  test('while it holds newcomers back they move up as fast as the doors have places, and afterwards all do', () => {
    const evening = new Evening(12);
    evening.live = 1_000;
    evening.join(500);
    evening.second({ holding: true, spare: 0 });
    for (let i = 0; i < 20; i++) evening.second({ holding: true, spare: 0 });
    expect(evening.seated.length).toBe(0);
    for (let i = 0; i < 20; i++) evening.second({ holding: true, spare: 5 });
    expect(evening.seated.length).toBeGreaterThan(70);
    expect(evening.seated.length).toBeLessThanOrEqual(110);
    for (let i = 0; i < 60; i++) evening.second({});
    expect(evening.waiting).toEqual([]);
    expect(evening.line.needed).toBe(false);
    replay(evening.states);
  });
});
