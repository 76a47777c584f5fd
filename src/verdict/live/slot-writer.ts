import { impostorOf } from '../clients/agent-origins.ts';
import { householdOf, networkOf, prefixOf } from '../clients/network.ts';
import { costliest } from './costliest.ts';
import type { DoorClients } from './door-clients.ts';
import { type SentSlot, SLOT_COUNTERS, type SlotClient, type SlotTotals } from './request-slot.ts';
import type { SlotTable } from './slot-counters.ts';

/** How a door's clients are named in what it sends. */
export interface SlotNaming {
  readonly door: string;
  readonly life: string;
  /** Hexadecimal hash of a text by the salt of the day that `wall` falls in; at least 16 letters. */
  daily(text: string, wall: number): string;
  /** The same by a key that stays, for what was seen in 90 days; it is sent, and written nowhere. */
  lasting(text: string): string;
}

/** Clients of a slot that are told one by one; the others are counted together, the cheapest first. */
export const MOST_ROWS = 8_192;
/** Rows of a part: its line stays below 64 kB. */
const PART_ROWS = 200;
/** Prefixes that are told one by one of clients that are not. */
const MOST_PREFIXES = 800;
/** Rows that are written, added up or set back in one piece. */
const WRITTEN_ROWS = 16;
const SUMMED_ROWS = 128;
const LOOKED_AT = 1_024;
/** Names that are hashed already, at most. */
const MOST_HASHED = 100_000;

/** Requests that are told together. */
interface ManySums {
  requests: number;
  cost: number;
  failed: number;
}

/** A slot that is over. */
export interface EndedSlot {
  readonly at: number;
  readonly totals: SlotTotals;
  readonly merged: Map<string, ManySums>;
  readonly pages: readonly number[];
  readonly names: SentSlot['names'];
  /** Rows of its clients. */
  readonly active: number[];
  readonly table: SlotTable;
}

const hundredth = (value: number): number => Math.round(value * 100) / 100;
const AT = Object.fromEntries(SLOT_COUNTERS.map((name, i) => [name, i])) as Record<string, number>;

/** Writes slots: clients by hashes, the most costly ones one by one. */
export class SlotWriter {
  readonly #naming: SlotNaming;
  #hashed = new Map<string, string>();
  #day = -1;

  constructor(naming: SlotNaming) {
    this.#naming = naming;
  }

  /** The slot's parts, in pieces; what they have is set back to nothing in the rows. */
  *write(clients: DoorClients, slot: EndedSlot): Generator<SentSlot | undefined> {
    const { at, active, table } = slot;
    const day = Math.floor(at / 86_400_000);
    if (day !== this.#day || this.#hashed.size > MOST_HASHED) this.#hashed = new Map();
    this.#day = day;
    const costs = new Float32Array(active.length);
    for (let i = 0; i < active.length; i++) {
      costs[i] = table.amounts.cost[active[i] as number] as number;
      if (i % LOOKED_AT === LOOKED_AT - 1) yield;
    }
    const { own, others } = yield* costliest(costs, MOST_ROWS);
    yield;
    const many = yield* this.#many(clients, slot, others);
    const rows = [...many.lines, ...own.map((i) => active[i] as number)];
    const { door, life } = this.#naming;
    const parts = Math.max(1, Math.ceil(rows.length / PART_ROWS));
    for (let part = 0; part < parts; part++) {
      const { pages, names = [] } = slot;
      const written = yield* this.#part(
        ...([clients, slot, rows.slice(part * PART_ROWS, (part + 1) * PART_ROWS)] as const),
      );
      yield {
        ...{ v: 1, kind: 'requests', door, life, at, part, parts, ...written },
        ...(part === 0 ? { totals: rounded(slot.totals, many.merged) } : {}),
        ...(part === 0 && pages.length > 0 ? { pages } : {}),
        ...(part === 0 && names.length > 0 ? { names } : {}),
      };
    }
    for (let i = 0; i < active.length; i++) {
      clients.written(table, active[i] as number);
      if (i % SUMMED_ROWS === SUMMED_ROWS - 1) yield;
    }
  }

  *#part(
    clients: DoorClients,
    { at, table }: EndedSlot,
    rows: readonly (number | ManyLine)[],
  ): Generator<undefined, Pick<SentSlot, 'agents' | 'clients' | 'seen'>> {
    const agents: (readonly [string, string?])[] = [];
    const numbers = new Map<string, number>();
    const seen: Record<string, string> = {};
    const written: SlotClient[] = [];
    for (const row of rows) {
      if (written.length % WRITTEN_ROWS === WRITTEN_ROWS - 1) yield;
      if (typeof row !== 'number') {
        written.push(lineOf(row, row.prefix === '' ? '' : this.#prefix(row.prefix, at, seen)));
        continue;
      }
      const address = clients.addresses[row] ?? '';
      const name = clients.agents[row] ?? '';
      const impostor = impostorOf(name, address);
      const key = impostor === undefined ? name : `${name}\n${impostor}`;
      let agent = numbers.get(key);
      if (agent === undefined) {
        agent = agents.length;
        numbers.set(key, agent);
        agents.push(impostor === undefined ? [name] : [name, impostor]);
      }
      const who = [0, this.#address(address, at), this.#prefix(prefixOf(address), at, seen), agent] as const;
      written.push(rowOf(table, row, at, who));
    }
    return { agents, clients: written, seen };
  }

  /** Clients that are not told one by one: those who play or load files together, the others by prefix. */
  *#many(
    { addresses }: DoorClients,
    { active, merged: prefixes, table: { counts, amounts } }: EndedSlot,
    others: readonly number[],
  ): Generator<undefined, { readonly lines: ManyLine[]; readonly merged: number }> {
    const people = noSums();
    let requests = 0;
    for (let i = 0; i < others.length; i++) {
      if (i % SUMMED_ROWS === SUMMED_ROWS - 1) yield;
      const row = active[others[i] as number] as number;
      const person = (counts.segments[row] as number) >= 3 || (counts.assets[row] as number) >= 2;
      let sum = people;
      if (!person) {
        const prefix = prefixOf(addresses[row] ?? '');
        sum = prefixes.get(prefix) ?? noSums();
        prefixes.set(prefix, sum);
        requests += counts.requests[row] as number;
      }
      sum.requests += counts.requests[row] as number;
      sum.cost += amounts.cost[row] as number;
      sum.failed += counts.failed[row] as number;
    }
    const names: string[] = [];
    const sums: ManySums[] = [];
    const costs = new Float32Array(prefixes.size);
    for (const [name, sum] of prefixes) {
      costs[names.length] = sum.cost;
      names.push(name);
      sums.push(sum);
      if (names.length % LOOKED_AT === 0) yield;
    }
    const told = yield* costliest(costs, MOST_PREFIXES);
    yield;
    const sumOf = (place: number): ManySums => sums[place] ?? noSums();
    const rest = noSums();
    for (let i = 0; i < told.others.length; i++) {
      const sum = sumOf(told.others[i] as number);
      rest.requests += sum.requests;
      rest.cost += sum.cost;
      rest.failed += sum.failed;
      if (i % LOOKED_AT === LOOKED_AT - 1) yield;
    }
    return {
      merged: requests,
      lines: [
        ...told.own.map((i): ManyLine => ({ stands: 1, prefix: names[i] ?? '', ...sumOf(i) })),
        ...(people.requests > 0 ? [{ stands: 'people', prefix: '', ...people } as const] : []),
        ...(rest.requests > 0 ? [{ stands: 'others', prefix: '', ...rest } as const] : []),
      ],
    };
  }

  #address(address: string, at: number): string {
    return address.includes(':') && !/^::ffff:\d+\./i.test(address)
      ? `6:${this.#hash(`address ${householdOf(address)}`, at).slice(0, 12)}`
      : `4.${this.#hash(`address ${address}`, at).slice(0, 12)}`;
  }

  #prefix(prefix: string, at: number, seen: Record<string, string>): string {
    const network = this.#hash(`network ${networkOf(prefix)}`, at).slice(0, 8);
    const name = `n${network}.p${this.#hash(`prefix ${prefix}`, at).slice(0, 10)}`;
    seen[name] ??= this.#naming.lasting(`prefix ${prefix}`).slice(0, 12);
    return name;
  }

  #hash(text: string, at: number): string {
    const known = this.#hashed.get(text);
    if (known !== undefined) return known;
    const hash = this.#naming.daily(text, at);
    this.#hashed.set(text, hash);
    return hash;
  }
}

const rounded = (totals: SlotTotals, merged: number): SlotTotals => ({
  ...totals,
  ...{ work: hundredth(totals.work), cost: hundredth(totals.cost), merged: totals.merged + merged },
});

const pairsOf = (sums: Readonly<Record<string, number>>): number[] =>
  Object.entries(sums).flatMap(([name, value]) => (value > 0 ? [AT[name] as number, value] : []));

/** A line that stands for many. */
interface ManyLine extends ManySums {
  readonly stands: 1 | 'people' | 'others';
  readonly prefix: string;
}

const noSums = (): ManySums => ({ requests: 0, cost: 0, failed: 0 });

const lineOf = ({ stands, cost, requests, failed }: ManyLine, prefix: string): SlotClient => [
  ...([stands, '', prefix, -1, [hundredth(cost), 0, 0, 0], [0, 9_999]] as const),
  pairsOf({ requests, failed }),
];

function rowOf(
  { counts, amounts, moments }: SlotTable,
  row: number,
  at: number,
  who: readonly [stands: 0, address: string, prefix: string, agent: number],
): SlotClient {
  const pairs: number[] = [];
  for (let i = 0; i < SLOT_COUNTERS.length; i++) {
    const value = counts[SLOT_COUNTERS[i] as (typeof SLOT_COUNTERS)[number]][row] as number;
    if (value > 0) pairs.push(i, value);
  }
  const [first, last] = [moments.first[row] as number, moments.last[row] as number];
  const within = (time: number): number => Math.min(9_999, Math.max(0, Math.round(time - at)));
  return [
    ...who,
    [
      hundredth(amounts.cost[row] as number),
      amounts.bytes[row] as number,
      hundredth(amounts.logGaps[row] as number),
      hundredth(amounts.logGaps2[row] as number),
    ],
    [within(first), within(last)],
    pairs,
  ];
}
