import { reasonOf } from '../../base/errors.ts';
import { ms } from '../../base/time.ts';
import { isOver, type RoomCard } from '../../wire/room.ts';
import type { ReminderBook } from './book.ts';
import { newsBetween, type RoomSeen, type SendWindow, seenOf, windowAfter, windowBefore } from './notices.ts';
import { openSpreads, type SpreadsDeps } from './spreads.ts';

/** Between two looks at what begins. */
const LOOK_MS = ms(5_000);
/** What those of a room are told is put into the queue so long before the first of them is. */
const AHEAD_MS = 15_000;
/** A room's hosts are written down after it: so long after, they are all there. */
const SETTLES_MS = 5_000;
/** Of a room whose followers do not know of it yet. */
const NEW = 'new';
/** After a room is over, nobody's endpoint or address is kept longer than this. */
const KEEP_MS = 24 * 3_600_000;
/** An address that nobody confirms is forgotten. */
const UNCONFIRMED_MS = 24 * 3_600_000;

/** What is remembered of one room. */
interface Plan {
  readonly room: string;
  seen: RoomSeen;
  edition: number;
  over: number | undefined;
  /** People who are reminded, and with those whose address is not confirmed. */
  sure: number;
  all: number;
  /** Those who follow its hosts do not know of it yet; when it was seen first. */
  newSince?: number | undefined;
  /** The start for which it was said that it is soon. */
  soonFor?: number | undefined;
}

/** What plans need. */
export interface PlansDeps extends SpreadsDeps {
  readonly book: ReminderBook;
  readonly perSecond: number;
  cardOf(slug: string): Promise<RoomCard | undefined>;
  /** A room is announced for the first time. */
  announced(card: RoomCard): Promise<void>;
  /** The number of those who are reminded has changed. */
  counted(room: string): void;
}

/** What is planned for each room that somebody is reminded of. */
export interface Plans extends AsyncDisposable {
  /** The room has changed: everybody who is to be told gets it into their row. */
  changed(slug: string): void;
  /** What is planned for a room, made when there is none. */
  of(card: RoomCard): Promise<{ readonly edition: number; readonly all: number }>;
  /** People who are reminded of a room. */
  count(slug: string): number;
  /** Reminders of all rooms, with those whose address is not confirmed. */
  total(): number;
  /** When they are told before it starts; undefined when they are not, or have been. */
  window(card: RoomCard): SendWindow | undefined;
  /** Reminders have come or gone. */
  add(room: string, sure: number, all: number): void;
  /** Puts what is due into the queue. */
  look(): Promise<void>;
  settled(): Promise<void>;
}

/** The plans as they were left. */
async function keptPlans(book: ReminderBook): Promise<Map<string, Plan>> {
  const plans = new Map<string, Plan>();
  for (const { room, start, edition, late, status, over } of await book.plans())
    plans.set(room, {
      ...{ room, edition: Number(edition), over: over === null ? undefined : Number(over), sure: 0, all: 0 },
      seen: {
        ...{ start: start === null ? undefined : Number(start), late: late ?? undefined },
        status: status === NEW ? 'scheduled' : status,
      },
      newSince: status === NEW ? 0 : undefined,
    });
  for (const { room, sure, all } of (await book.counts()).rooms) {
    const plan = plans.get(room);
    if (plan) Object.assign(plan, { sure, all });
  }
  return plans;
}

/** A plan as it is kept. */
const rowOf = ({ room, seen, edition, over, newSince }: Plan) => ({
  ...{ room, start: seen.start ?? null, late: seen.late ?? null, edition, over: over ?? null },
  status: newSince === undefined ? seen.status : NEW,
});

/** When those who are reminded of a room are told that it starts; undefined when nobody is, or it has begun. */
function windowOf(
  { status, clocks }: RoomCard,
  sure: number,
  perSecond: number,
  spread: number,
): SendWindow | undefined {
  if (clocks.scheduled === undefined || sure === 0) return undefined;
  return status === 'scheduled' || status === 'open'
    ? windowBefore(clocks.scheduled, sure, perSecond, spread)
    : undefined;
}

/** Opens them as they were left, and looks at what has changed since. */
export async function openPlans(deps: PlansDeps): Promise<Plans> {
  const { book, clock, log, perSecond, announced, counted } = deps;
  const plans = await keptPlans(book);
  const spreads = openSpreads(deps);
  let last: Promise<unknown> = Promise.resolve();
  /** One after the other: a later change is told after an earlier one. */
  const next = <T>(work: () => Promise<T>): Promise<T> => {
    const one = last.then(work);
    last = one.catch(() => undefined);
    return one;
  };
  const logged = (work: Promise<unknown>): void =>
    void work.catch((error: unknown) =>
      log.warn({ error: reasonOf(error) }, 'reminders could not be planned: it is tried again'),
    );

  /** What others may know of a room: of a draft or a private one nothing. */
  const shown = async (slug: string): Promise<RoomCard | undefined> => {
    const card = await deps.cardOf(slug);
    return card?.welcome ? undefined : card;
  };
  const keep = (plan: Plan): Promise<void> => book.keepPlan(rowOf(plan));

  async function change(slug: string): Promise<void> {
    const card = await shown(slug);
    const plan = plans.get(slug);
    if (card?.access === 'private') return;
    if (!plan) {
      if (card?.status === 'scheduled') await begin(card);
      return;
    }
    const seen = seenOf(card);
    const notice = newsBetween(plan.seen, seen);
    const now = clock.wall();
    if (notice !== undefined && plan.sure > 0) {
      await book.tell(slug, notice, plan.edition + 1, windowAfter(now, plan.sure, perSecond), plan.sure);
      plan.edition += 1;
    }
    const ends = seen.status === 'removed' || isOver(card?.status);
    const same =
      seen.start === plan.seen.start && seen.late === plan.seen.late && seen.status === plan.seen.status;
    if (same && ends === (plan.over !== undefined)) return;
    if (seen.start !== plan.seen.start) plan.soonFor = undefined;
    plan.seen = seen;
    plan.over = ends ? (plan.over ?? now) : undefined;
    await keep(plan);
  }
  async function begin(card: RoomCard): Promise<Plan> {
    const plan: Plan = { room: card.slug, seen: seenOf(card), edition: 0, over: undefined, sure: 0, all: 0 };
    plan.newSince = clock.wall();
    plans.set(card.slug, plan);
    await keep(plan);
    return plan;
  }
  /** Adds those who follow its hosts, once. */
  async function announce(plan: Plan): Promise<void> {
    const card = await shown(plan.room);
    if (card?.status === 'scheduled') await announced(card);
    plan.newSince = undefined;
    await keep(plan);
  }
  async function soon(plan: Plan): Promise<void> {
    const { start, status } = plan.seen;
    const now = clock.wall();
    if (start === undefined || plan.soonFor === start || plan.sure === 0 || now >= start) return;
    if (status !== 'scheduled' && status !== 'open') return;
    await spreads.look(plan.room, start - now);
    const window = windowBefore(start, plan.sure, perSecond, spreads.of(plan.room));
    if (now < window.from - AHEAD_MS) return;
    // Whoever comes too late for the whole of it has what is left.
    const from = Math.max(window.from, now);
    const until = Math.max(window.until, from + 1_000);
    await book.tell(plan.room, 'soon', plan.edition + 1, { from, until }, plan.sure);
    Object.assign(plan, { edition: plan.edition + 1, soonFor: start });
    await keep(plan);
  }
  async function look(): Promise<void> {
    const now = clock.wall();
    for (const plan of plans.values()) {
      if (plan.newSince !== undefined && Math.abs(now - plan.newSince) >= SETTLES_MS) await announce(plan);
      if (plan.over !== undefined && now - plan.over > KEEP_MS) {
        await book.forgetRoom(plan.room);
        for (const kept of [plans, spreads]) kept.delete(plan.room);
      } else await soon(plan);
    }
  }
  function add(room: string, sure: number, all: number): void {
    const plan = plans.get(room);
    if (!plan) return;
    plan.sure = Math.max(0, plan.sure + sure);
    plan.all = Math.max(0, plan.all + all);
    counted(room);
  }
  // What has changed while nobody looked.
  for (const slug of plans.keys()) logged(next(() => change(slug)));
  const timer = clock.every(LOOK_MS, () => logged(next(look)));
  const cleaning = clock.every(ms(3_600_000), () =>
    logged(
      book.forgetUnconfirmed(clock.wall() - UNCONFIRMED_MS).then((gone) => {
        for (const { room } of gone) add(room, 0, -1);
      }),
    ),
  );
  return {
    changed: (slug) => logged(next(() => change(slug))),
    // Also asked for while a room is being announced, by those who follow its hosts.
    of: async (card) => plans.get(card.slug) ?? next(async () => plans.get(card.slug) ?? (await begin(card))),
    count: (slug) => plans.get(slug)?.sure ?? 0,
    total: () => plans.values().reduce((sum, { all }) => sum + all, 0),
    window: (card) => windowOf(card, plans.get(card.slug)?.sure ?? 0, perSecond, spreads.of(card.slug)),
    add,
    look: () => next(look),
    settled: () => next(async () => undefined),
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      cleaning[Symbol.dispose]();
      await last;
    },
  };
}
