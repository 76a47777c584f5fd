import { impostorOf } from '../clients/agent-origins.ts';
import type { Columns } from '../clients/columns.ts';
import { householdOf, networkOf, prefixOf } from '../clients/network.ts';
import type { DoorClients } from './door-clients.ts';
import { type SentSlot, SLOT_COUNTERS, type SlotClient, type SlotTotals } from './request-slot.ts';
import { clearSlot } from './slot-counters.ts';

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
/** Clients of a part: its line stays below 256 kB. */
const PART_ROWS = 800;
const MOST_LETTERS = 300;
/** Names that are hashed already, at most. */
const MOST_HASHED = 100_000;

/** What a slot has beside its clients. */
export interface SlotRest {
  readonly totals: SlotTotals;
  readonly merged: ReadonlyMap<string, { requests: number; cost: number; failed: number }>;
  readonly pages: readonly number[];
  readonly names: SentSlot['names'];
}

const hundredth = (value: number): number => Math.round(value * 100) / 100;
const AT = Object.fromEntries(SLOT_COUNTERS.map((name, i) => [name, i])) as Record<string, number>;

/** Writes slots: clients by hashes, the most costly ones one by one. */
export class SlotWriter {
  readonly #naming: SlotNaming;
  readonly #hashed = new Map<string, string>();
  #day = -1;

  constructor(naming: SlotNaming) {
    this.#naming = naming;
  }

  /** The slot's parts; what they have is set back to nothing in the rows. */
  write(at: number, clients: DoorClients, active: number[], rest: SlotRest): SentSlot[] {
    const { columns } = clients;
    const day = Math.floor(at / 86_400_000);
    if (day !== this.#day || this.#hashed.size > MOST_HASHED) this.#hashed.clear();
    this.#day = day;
    const { cost } = columns.amounts;
    if (active.length > MOST_ROWS) active.sort((a, b) => (cost[b] as number) - (cost[a] as number));
    const own = active.slice(0, MOST_ROWS);
    const others = active.slice(MOST_ROWS);
    const count = Math.max(1, Math.ceil(own.length / PART_ROWS));
    const { door, life } = this.#naming;
    const parts = Array.from({ length: count }, (_, part) =>
      this.#part(at, clients, own.slice(part * PART_ROWS, (part + 1) * PART_ROWS), {
        ...{ v: 1, kind: 'requests', door, life, at, part, parts: count },
      }),
    );
    const [first] = parts;
    if (!first) return parts;
    const many = this.#many(at, clients, others, rest, first.seen as Record<string, string>);
    const { pages, names = [] } = rest;
    parts[0] = {
      ...{ ...first, totals: rounded(rest.totals, many.merged), clients: [...first.clients, ...many.rows] },
      ...(pages.length > 0 ? { pages } : {}),
      ...(names.length > 0 ? { names } : {}),
    };
    for (const row of active) {
      clearSlot(columns, row);
      columns.counts.merged[row] = 0;
    }
    return parts;
  }

  #part(
    at: number,
    clients: DoorClients,
    rows: readonly number[],
    head: Pick<SentSlot, 'v' | 'kind' | 'door' | 'life' | 'at' | 'part' | 'parts'>,
  ): SentSlot {
    const agents: (readonly [string, string?])[] = [];
    const numbers = new Map<string, number>();
    const seen: Record<string, string> = {};
    const written = rows.map((row): SlotClient => {
      const address = clients.addresses[row] ?? '';
      const name = (clients.agents[row] ?? '').slice(0, MOST_LETTERS);
      const impostor = impostorOf(name, address);
      const key = impostor === undefined ? name : `${name}\n${impostor}`;
      let agent = numbers.get(key);
      if (agent === undefined) {
        agent = agents.length;
        numbers.set(key, agent);
        agents.push(impostor === undefined ? [name] : [name, impostor]);
      }
      const prefix = prefixOf(address);
      return rowOf(clients.columns, row, at, [
        ...([0, this.#address(address, at), this.#prefix(prefix, at, seen), agent] as const),
      ]);
    });
    return { ...head, agents, clients: written, seen };
  }

  /** Clients that are not told one by one: those who play or load files together, the others by prefix. */
  #many(
    at: number,
    { columns, addresses }: DoorClients,
    rows: readonly number[],
    { merged }: SlotRest,
    seen: Record<string, string>,
  ): { readonly rows: SlotClient[]; readonly merged: number } {
    const { counts, amounts } = columns;
    const people = { requests: 0, cost: 0, failed: 0 };
    const prefixes = new Map(merged);
    let requests = 0;
    for (const row of rows) {
      const person = (counts.segments[row] as number) >= 3 || (counts.assets[row] as number) >= 2;
      const prefix = prefixOf(addresses[row] ?? '');
      const before = prefixes.get(prefix) ?? { requests: 0, cost: 0, failed: 0 };
      const sum = person ? people : { ...before };
      sum.requests += counts.requests[row] as number;
      sum.cost += amounts.cost[row] as number;
      sum.failed += counts.failed[row] as number;
      if (person) continue;
      requests += counts.requests[row] as number;
      prefixes.set(prefix, sum);
    }
    const line = (stands: 1 | 'people' | 'others', prefix: string, sum: typeof people): SlotClient => [
      ...([stands, '', prefix, -1, [hundredth(sum.cost), 0, 0, 0], [0, 9_999]] as const),
      pairsOf({ requests: sum.requests, failed: sum.failed }),
    ];
    const costly = [...prefixes].sort((a, b) => b[1].cost - a[1].cost);
    const others = { requests: 0, cost: 0, failed: 0 };
    for (const [, sum] of costly.slice(PART_ROWS)) {
      others.requests += sum.requests;
      others.cost += sum.cost;
      others.failed += sum.failed;
    }
    return {
      merged: requests,
      rows: [
        ...costly.slice(0, PART_ROWS).map(([prefix, sum]) => line(1, this.#prefix(prefix, at, seen), sum)),
        ...(people.requests > 0 ? [line('people', '', people)] : []),
        ...(others.requests > 0 ? [line('others', '', others)] : []),
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

function rowOf(
  { counts, amounts, moments }: Columns,
  row: number,
  at: number,
  who: readonly [0, string, string, number],
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
