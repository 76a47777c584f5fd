import { createHash, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import {
  bundleOf,
  checkpointAt,
  type EventWishes,
  eventOf,
  linesOf,
  sealed,
  type TestEvent,
} from '../../test/bundle.ts';
import { tamper } from '../../test/tampering.ts';
import type { Verification } from '../wire/evidence/verification.ts';
import type { EvidenceEntry } from '../wire/evidence-entry.ts';
import { verifier } from './index.ts';

const check = (text: string | Uint8Array<ArrayBuffer>, wishes = {}): Promise<Verification> =>
  verifier.verify(new Blob([text]), wishes);
const codes = ({ findings }: Verification): string[] => findings.map(({ code }) => code);

const EVENTS: readonly (readonly [string, EventWishes])[] = [
  ['a plain one', { minutes: 8, others: 5 }],
  ['with a new key twice', { minutes: 8, others: 3, rotations: [2, 5], seed: 2 }],
  ['with witnesses', { minutes: 8, others: 0, witnesses: 2, seed: 3 }],
  [
    'with a gap, a new key and witnesses',
    { minutes: 9, others: 7, gap: 4, rotations: [3], witnesses: 1, seed: 4 },
  ],
];

test('SHA-256 is what Node says it is', () => {
  for (let length = 0; length < 300; length++) {
    const bytes = randomBytes(length);
    expect(verifier.hex(verifier.sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
  const [one, other] = [randomBytes(1_000), randomBytes(77)];
  expect(verifier.hex(verifier.sha256(one, other))).toBe(
    createHash('sha256').update(one).update(other).digest('hex'),
  );
});

test.each(EVENTS)('a true bundle holds: %s', async (_, wishes) => {
  const event = eventOf(wishes);
  const found = await check(bundleOf(event));
  expect(found.findings).toEqual([]);
  expect(found).toMatchObject({ ok: true, unreadable: false, room: 'town-hall', notes: [] });
  expect(found.checkpoint?.size).toBe(event.log.length);
  expect(Object.keys(found.witnesses ?? {})).toEqual(event.witnesses.map(({ name }) => name));
});

test('bundles of every size of log hold', async () => {
  for (let others = 0; others < 40; others++) {
    const found = await check(bundleOf(eventOf({ minutes: 2, others, seed: others })));
    expect(found.findings).toEqual([]);
  }
});

/** Changes for each event; `EARSHOT_TAMPERINGS=250` is a thousand in all. */
const CHANGES = Number(process.env['EARSHOT_TAMPERINGS'] ?? 90);

/** What is changed by chance is found, and where the place is known it is named. */
async function everyTamperingIsFound(wishes: EventWishes, seeds: number, from: number): Promise<void> {
  const event = eventOf(wishes);
  const half = Math.floor(event.log.length / 2);
  const forked = linesOf(
    eventOf({
      ...wishes,
      write: (entry, index) => (index < half ? entry : ({ ...entry, v: 1, why: 'fork' } as EvidenceEntry)),
    }),
  );
  const lines = linesOf(event);
  const ways = new Set<string>();
  for (let seed = from; seed < from + seeds; seed++) {
    const { what, bytes, leaf } = tamper(event, lines, forked, seed);
    ways.add(what.replace(/\d+/, 'N'));
    const found = await check(bytes);
    const told = `${seed}: ${what}: ${JSON.stringify(found.findings.slice(0, 3))}`;
    expect(found.ok, told).toBe(false);
    expect(found.findings.length, told).toBeGreaterThan(0);
    for (const { reason } of found.findings) expect(reason, told).toMatch(/^[^{}]{20,}\.$/);
    if (leaf !== undefined)
      expect(
        found.findings.map((one) => one.leaf),
        told,
      ).toContain(leaf);
  }
  expect(ways.size).toBeGreaterThan(20);
}

test.each(EVENTS)('whatever is changed is found and named: %s', async (name, wishes) => {
  await everyTamperingIsFound(wishes, CHANGES, EVENTS.findIndex(([one]) => one === name) * 250);
});

test('a cut tail is found by a checkpoint that was kept elsewhere, and only by it', async () => {
  const event = eventOf({ minutes: 8 });
  const size = event.sizes.at(-20) as number;
  const inside = <T extends number>(list: readonly T[]): T[] => list.filter((index) => index < size);
  const cut: TestEvent = {
    ...event,
    ours: inside(event.ours),
    sizes: event.sizes.filter((each) => each <= size),
  };
  const bundle = bundleOf(cut);
  expect((await check(bundle)).ok).toBe(true);
  const found = await check(bundle, { seen: checkpointAt(event, event.sizes.at(-1) as number) });
  expect(codes(found)).toEqual(['seen-tail']);
  expect(found.findings[0]?.values).toEqual({ more: event.log.length - size });
});

test('a checkpoint of any size that was kept elsewhere is compared; a fork is found', async () => {
  const wishes = { minutes: 6, others: 0 };
  const event = eventOf(wishes);
  const other = eventOf({
    ...wishes,
    write: (entry, i) => (i < 6 ? entry : ({ ...entry, why: 'fork' } as EvidenceEntry)),
  });
  const bundle = bundleOf(event);
  const sizes = [...event.sizes, event.sizes.at(-1) as number];
  for (const size of sizes)
    expect(codes(await check(bundle, { seen: checkpointAt(event, size) }))).toEqual([]);
  for (const size of sizes.filter((each) => each > 6))
    expect(codes(await check(bundle, { seen: checkpointAt(other, size) }))).toEqual(['seen-fork']);
});

test('a checkpoint of a size between those of the bundle is compared where the proofs reach', async () => {
  const event = eventOf({ minutes: 6, others: 0 });
  // The bundle keeps only the last checkpoint.
  const few: TestEvent = { ...event, sizes: event.sizes.slice(-1) };
  const fork = eventOf({
    minutes: 6,
    others: 0,
    write: (entry, i) => (i < 4 ? entry : ({ ...entry, why: 'x' } as EvidenceEntry)),
  });
  const compared = await Promise.all(
    event.log
      .slice(5)
      .map(async (_, i) => [
        codes(await check(bundleOf(few), { seen: checkpointAt(event, i + 5) })),
        codes(await check(bundleOf(few), { seen: checkpointAt(fork, i + 5) })),
      ]),
  );
  expect(compared.length).toBeGreaterThan(3);
  for (const [right, wrong] of compared) {
    expect(right).toEqual([]);
    expect(wrong).toEqual(['seen-fork']);
  }
});

test('a checkpoint of another log is no proof, and what is no checkpoint is said to be none', async () => {
  const bundle = bundleOf(eventOf({ minutes: 3 }));
  const stranger = eventOf({ minutes: 3, seed: 9 });
  expect(codes(await check(bundle, { seen: checkpointAt(stranger, 20) }))).toEqual(['seen-unsigned']);
  const found = await check(bundle, { seen: 'hello' });
  expect([found.unreadable, codes(found)]).toEqual([true, ['not-a-checkpoint']]);
});

test('a bundle that somebody made again with keys of their own is found by the key that one knows', async () => {
  const [event, stranger] = [eventOf({ minutes: 3 }), eventOf({ minutes: 3, seed: 9 })];
  const key = event.signers[0]?.verifier;
  expect((await check(bundleOf(event), { key })).ok).toBe(true);
  expect((await check(bundleOf(stranger))).ok).toBe(true);
  expect(codes(await check(bundleOf(stranger), { key }))).toEqual(['unknown-log']);
});

test('a key that nobody announced cannot seal a bundle', async () => {
  const event = eventOf({ minutes: 3 });
  const stranger = eventOf({ seed: 9, minutes: 3 }).signers[0] as TestEvent['signers'][number];
  const signers = [...event.signers, stranger];
  const forged = { ...event, signers, turns: [event.log.length], ours: event.ours.slice(0, -1) };
  expect(codes(await check(bundleOf(forged)))).toContain('rotation');
});

test('what only the seal keeps: the title, the last entries, the last checkpoints', async () => {
  const event = eventOf({ minutes: 3 });
  const lines = linesOf(event);
  const seal = sealed(event, lines).trimEnd().split('\n').at(-1);
  const again = (changed: readonly string[]): string => `${[...changed, seal].join('\n')}\n`;
  const head = (lines[0] as string).replace('Town hall', 'Town wall');
  expect(codes(await check(again(lines.with(0, head))))).toEqual(['seal']);
  const last = lines.findLastIndex((line) => line.startsWith('{"entry"'));
  expect(codes(await check(again(lines.toSpliced(last, 1))))).toEqual(['seal']);
});

/** What a log writes that lies, or is broken: every hash, proof and signature is right, only the figures are not. */
const LIES: readonly (readonly [string, (minute: Writable) => void])[] = [
  [
    'more',
    ({ total }) => {
      total.join_success!.net = total.join_attempts!.net + 1;
    },
  ],
  [
    'more',
    ({ total }) => {
      total.tuned_in_live!.gross = total.tuned_in_live!.net - 1;
    },
  ],
  [
    'more',
    ({ total }) => {
      total.avg_concurrent!.net = total.peak_concurrent!.net + 1;
    },
  ],
  [
    'more',
    ({ samples }) => {
      samples[2]![3] = samples[2]![1]! + 1;
    },
  ],
  [
    'more',
    ({ samples }) => {
      samples[2]![4] = 0;
    },
  ],
  [
    'unequal',
    ({ total }) => {
      total.peak_concurrent!.net += 1;
    },
  ],
  [
    'unequal',
    ({ total }) => {
      total.listening_seconds!.net -= 1;
    },
  ],
  [
    'unequal',
    ({ seconds }) => {
      seconds.stage += 1;
    },
  ],
  [
    'unequal',
    ({ failures }) => {
      failures.network += 1;
    },
  ],
  [
    'unequal',
    (minute) => {
      minute.sessions += 1;
    },
  ],
  [
    'unequal',
    ({ total }) => {
      total.listening_seconds!.parts = { stage: 1, standby: 1 };
    },
  ],
  [
    'fell',
    ({ total }) => {
      Object.assign(total.join_attempts!, { net: 0, gross: 0 });
    },
  ],
  [
    'fell',
    ({ excluded }) => {
      excluded.bot = 0;
    },
  ],
  [
    'minutes',
    (minute) => {
      minute.minute -= 2;
    },
  ],
  [
    'samples',
    ({ samples }) => {
      samples[1]![0]! += 1;
    },
  ],
  [
    'samples',
    ({ samples }) => {
      samples.reverse();
    },
  ],
  [
    'definitions',
    (minute) => {
      minute.definitions = '0'.repeat(64);
    },
  ],
  [
    'other-room',
    (minute) => {
      minute.room = 'other';
    },
  ],
  [
    'sequence',
    (minute) => {
      minute.seq += 1;
    },
  ],
  [
    'chain',
    (minute) => {
      minute.previous = '0'.repeat(64);
    },
  ],
  [
    'not-canonical',
    (minute) => {
      minute.sampling = 0.5;
    },
  ],
  [
    'shape',
    (minute) => {
      (minute as { samples: unknown }).samples = 7;
    },
  ],
  [
    'shape',
    (minute) => {
      (minute as { total: unknown }).total = { visits: null };
    },
  ],
];
type Writable = {
  room: string;
  seq: number;
  previous: string;
  minute: number;
  sessions: number;
  sampling: number;
  definitions: string;
  samples: number[][];
  seconds: { stage: number; standby: number };
  failures: { network: number };
  excluded: { bot: number };
  total: Record<string, { net: number; gross: number; parts?: object }>;
};

test.each(LIES.map(([code, lie], i) => [code, i, lie] as const))(
  'figures that contradict each other are found, whoever signed them: %s (%i)',
  async (code, _, lie) => {
    let told = -1;
    let minutes = 0;
    const write = (entry: EvidenceEntry, index: number): EvidenceEntry => {
      if (entry.kind !== 'minute' || ++minutes !== 4) return entry;
      told = index;
      const changed = structuredClone(entry) as unknown as Writable;
      lie(changed);
      return changed as unknown as EvidenceEntry;
    };
    const found = await check(bundleOf(eventOf({ minutes: 7, others: 2, write })));
    expect(found.findings.map((one) => [one.code, one.leaf])).toContainEqual([code, told]);
  },
);

test('a later peak may have fewer who do not count', async () => {
  let minutes = 0;
  const write = (entry: EvidenceEntry): EvidenceEntry => {
    if (entry.kind !== 'minute') return entry;
    minutes += 1;
    const { peak_concurrent: peak } = entry.total;
    const gross = (peak?.net ?? 0) + (minutes < 3 ? 9_000 : 0);
    return {
      ...entry,
      total: { ...entry.total, peak_concurrent: { ...(peak as object), gross } },
    } as EvidenceEntry;
  };
  expect(codes(await check(bundleOf(eventOf({ minutes: 6, write }))))).toEqual([]);
});

test('in a minute of which only the server knows, players that have not proven anything are no peak', async () => {
  const write = (entry: EvidenceEntry): EvidenceEntry => {
    if (entry.kind !== 'minute') return entry;
    const samples = entry.samples.map(([at, s, c, m]) => [at, s + 900, c, m, s + 950] as const);
    return { ...entry, status: 'server_only', samples };
  };
  expect(codes(await check(bundleOf(eventOf({ minutes: 5, write }))))).toEqual([]);
});

test('sums of reactions are understood, and a log without them verifies as before', async () => {
  const found = async (more: object) => {
    const write = (entry: EvidenceEntry): EvidenceEntry =>
      entry.kind === 'minute' ? { ...entry, ...more } : entry;
    const { ok, findings, notes } = await check(bundleOf(eventOf({ minutes: 5, write })));
    return [ok, findings.length, notes.map(({ code }) => code)];
  };
  expect(await found({})).toEqual([true, 0, []]);
  expect(await found({ reactions: { applause: 7 } })).toEqual([true, 0, []]);
  expect(await found({ sparks: { applause: 7 } })).toEqual([true, 0, ['unknown-member']]);
});

test('a final figure differs from the live one only with a reason', async () => {
  const final = (change: (entry: { differences: object[] }) => object) => {
    const write = (entry: EvidenceEntry): EvidenceEntry =>
      entry.kind === 'final' ? ({ ...entry, ...change(entry as never) } as EvidenceEntry) : entry;
    return check(bundleOf(eventOf({ minutes: 5, seed: 8, write })));
  };
  expect(codes(await final(() => ({})))).toEqual([]);
  // A figure that nobody knew live was nothing.
  const later = { replay_listens: { net: 4, gross: 5, method: 'counted' } };
  const row = { metric: 'replay_listens', live: 0, final: 4, why: 'counted later' };
  const withLater = (rows: readonly object[]) => (entry: { differences: object[]; total?: object }) => ({
    total: { ...entry.total, ...later },
    differences: [...entry.differences, ...rows],
  });
  expect(codes(await final(withLater([row])))).toEqual([]);
  expect(codes(await final(withLater([])))).toEqual(['difference']);
  expect(codes(await final(() => ({ differences: [] })))).toEqual(['difference']);
  expect(
    codes(
      await final(({ differences }) => ({ differences: differences.map((each) => ({ ...each, why: '' })) })),
    ),
  ).toEqual(['difference']);
});

test('entries about files, and kinds of a later version, are no figures', async () => {
  const more = [
    { v: 1, kind: 'raw-file', at: 1, file: 'a', records: 2, sha256: 'f'.repeat(64) },
    { v: 1, kind: 'weather', at: 1, sky: 'blue' },
  ];
  const found = await check(bundleOf(eventOf({ minutes: 4, more })));
  expect([found.findings, found.notes.map(({ values }) => values.name)]).toEqual([[], ['sky']]);
});

test('members and kinds that are not known are told, and change nothing', async () => {
  const write = (entry: EvidenceEntry): EvidenceEntry => {
    const coloured = { ...entry, colour: 'red' };
    return coloured;
  };
  const found = await check(bundleOf(eventOf({ minutes: 2, write })));
  expect([found.ok, found.notes.map(({ values }) => values)]).toEqual([true, [{ name: 'colour' }]]);
});

test('what cannot be judged is refused in words', async () => {
  const refused = async (text: string | Uint8Array<ArrayBuffer>): Promise<string[]> => {
    const found = await check(text);
    return found.unreadable && !found.ok ? codes(found) : ['judged'];
  };
  const bundle = bundleOf(eventOf({ minutes: 2 }));
  expect(await refused('')).toEqual(['empty']);
  expect(await refused('\n')).toEqual(['not-a-bundle']);
  expect(await refused('hello')).toEqual(['not-a-bundle']);
  expect(await refused('null\n')).toEqual(['not-a-bundle']);
  expect(await refused(Uint8Array.of(0xff, 0xfe, 10))).toEqual(['not-a-bundle']);
  expect(await refused(bundle.replace('"v":1', '"v":2'))).toEqual(['newer']);
  expect(await refused(`${bundle}${'x'.repeat(2 ** 20 + 1)}`)).toEqual(['long-line']);
  expect(await refused('['.repeat(500_000))).toEqual(['not-a-bundle']);
});

test('a file without its head line by line, nested deep, or of other things is survived', async () => {
  const bundle = bundleOf(eventOf({ minutes: 2 }))
    .trimEnd()
    .split('\n');
  const odd = [
    'null',
    '7',
    '[]',
    '{}',
    '{"kind":"constructor"}',
    '{"kind":7}',
    '{"kind":"entry"}',
    '{"kind":"seal"}',
  ];
  for (const line of [
    ...odd,
    `{"kind":"entry","index":${'['.repeat(400_000)}`,
    '{"kind":"checkpoint","note":"\\n\\n"}',
  ]) {
    const found = await check(`${bundle.toSpliced(3, 0, line).join('\n')}\n`);
    expect([found.ok, found.unreadable], line.slice(0, 40)).toEqual([false, false]);
  }
});

test('a number that is written as a text is no number', async () => {
  const event = eventOf({ minutes: 2 });
  const lines = linesOf(event).map((line) => line.replace(/"index":(\d+)/, '"index":"$1"'));
  expect(codes(await check(sealed(event, lines)))).toContain('order');
  const headless = linesOf(event).map((line) =>
    line.replace('"room":"town-hall","title":"Town hall “2024”",', ''),
  );
  expect((await check(sealed(event, headless))).unreadable).toBe(true);
});

test('findings are at most five hundred', async () => {
  const bundle = bundleOf(eventOf({ minutes: 2 }));
  const found = await check(`${bundle}${'{}\n'.repeat(2_000)}`);
  expect(found.findings).toHaveLength(500);
  expect(found.notes.map(({ code }) => code)).toContain('more-findings');
});

test('a file that an editor or git on Windows has saved is no accusation: it says what to do', async () => {
  const text = bundleOf(eventOf({ minutes: 3, others: 1 }));
  for (const changed of [text.replaceAll('\n', '\r\n'), `\uFEFF${text}`]) {
    const found = await check(changed);
    expect([found.ok, found.unreadable, codes(found)]).toEqual([false, true, ['line-ends']]);
  }
});
