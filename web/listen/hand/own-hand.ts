import type { ToldRefusal } from '../../../src/wire/refusal-facts.ts';
import type { HandsTold, HandTrouble, OwnHand, RaisedHand } from '../../../src/wire/stage/hands.ts';
import { deviceKey } from '../../kit/device-key.ts';
import { roomAt } from '../../kit/room-name.ts';
import { keep, kept } from '../../kit/words.ts';

/** What this page knows of its hand. */
export type HandState =
  | { readonly at: 'none' }
  | { readonly at: 'sending'; readonly why?: string }
  | { readonly at: 'refused'; readonly why: ToldRefusal & { readonly detail?: string } }
  | { readonly at: 'known'; readonly hand: OwnHand };

/** What opens the stage for this page. */
export interface StageGrant {
  readonly token: string;
  /** The `Link` header with the ICE servers; null when there are none. */
  readonly link: string | null;
}

/** This page's hand. */
export interface OwnHandDesk {
  readonly state: HandState;
  /** Raises it; tries again by itself while the line is full or the server busy. */
  raise(name: string, topic: string): Promise<void>;
  lower(): Promise<void>;
  /** A token for the stage, once a host has called, and the ICE servers to use; undefined when the call is over. */
  take(): Promise<StageGrant | undefined>;
  /** Asks at once how the hand stands. */
  ask(): void;
  /** Tells the hosts why this person cannot speak. */
  tell(trouble: HandTrouble): Promise<void>;
  /** Looks at what the state of the room tells of hands. */
  look(told: HandsTold | 0 | undefined): void;
}

const RETRY_MS = 2_000;
const MOST_TRIES = 30;

/** Opens the hand of this page, with the one that it had before a reload. */
export function openOwnHand(slug: string, changed: () => void): OwnHandDesk {
  const key = `earshot-hand ${slug}`;
  let state: HandState = { at: 'none' };
  let own: { id: string; secret: string } | undefined = parsed(kept(key));
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let turn = 0;
  const seen = new Set<string>();

  const become = (next: HandState): void => {
    state = next;
    changed();
  };
  const set = (hand: OwnHand): void => {
    clearTimeout(timer);
    const over = ['declined', 'lowered', 'banned'].includes(hand.standing);
    if (over) {
      own = undefined;
      keep(key, '');
    } else timer = setTimeout(() => void here(), hand.again * 1000 * (0.8 + Math.random() * 0.4));
    become({ at: 'known', hand });
  };
  const post = (path: string, body: object) => send(`${roomAt(slug)}/hand${path}`, body);
  const about = async (what: string, more: object = {}): Promise<Record<string, unknown> | undefined> => {
    const mine = own;
    if (!mine) return undefined;
    try {
      const { answer, said } = await post(`/${mine.id}/${what}`, { secret: mine.secret, ...more });
      if (own !== mine) return undefined;
      if (answer.ok) {
        set(said as unknown as OwnHand);
        return { ...said, link: answer.headers.get('link') };
      }
      if (answer.status === 403 || (answer.status === 410 && what === 'here')) {
        const standing = answer.status === 403 ? 'banned' : 'lowered';
        const word = answer.status === 403 ? { word: String(said['detail'] ?? '') } : {};
        set({ id: mine.id, standing, up: 0, again: 0, ...word });
        return undefined;
      }
    } catch {
      // The server is away for a moment: the hand stays up, and the page says again that it is there.
    }
    clearTimeout(timer);
    timer = setTimeout(() => void here(), RETRY_MS * (1 + Math.random()));
    return undefined;
  };
  const here = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    await about('here').finally(() => {
      asking = false;
    });
  };
  if (own) void here();
  return {
    get state() {
      return state;
    },
    async raise(name, topic) {
      const mine = ++turn;
      become({ at: 'sending' });
      for (let tries = 0; tries < MOST_TRIES && mine === turn; tries++) {
        let wait = RETRY_MS;
        let why: string | undefined;
        try {
          const { answer, said } = await post('', { name, topic, device: deviceKey() });
          if (mine !== turn) return;
          if (answer.ok) {
            const raised = said as unknown as RaisedHand;
            own = { id: raised.id, secret: raised.secret };
            keep(key, JSON.stringify(own));
            return set(raised);
          }
          why = String(said['code'] ?? '');
          if (answer.status !== 429 && answer.status < 500)
            return become({ at: 'refused', why: { ...said, code: why } });
          wait = Math.max(wait, Number(answer.headers.get('retry-after') ?? 0) * 1000);
        } catch {
          // No answer: tries again.
        }
        become({ at: 'sending', why: why ?? 'unreachable' });
        await new Promise((done) => setTimeout(done, wait * (0.7 + Math.random() * 0.6)));
      }
      if (mine === turn) become({ at: 'none' });
    },
    async lower() {
      turn++;
      if (own) await about('lower');
      else become({ at: 'none' });
    },
    async take() {
      const said = await about('take');
      return typeof said?.['token'] === 'string' ? (said as unknown as StageGrant) : undefined;
    },
    ask: () => void here(),
    async tell(trouble) {
      await about('here', { trouble });
    },
    look(told) {
      if (!own || !told) return;
      const called = told.called.includes(own.id);
      const mark = `${called ? 'called' : 'told'} ${own.id}`;
      if (!called && !told.told.includes(own.id)) return void seen.clear();
      // One look for each piece of news, at once.
      if (seen.has(mark)) return;
      seen.clear();
      seen.add(mark);
      const known = state.at === 'known' ? state.hand.standing : undefined;
      if (called && known === 'called') return;
      if (called && state.at === 'known') {
        const { place: _, word: __, ...rest } = state.hand;
        return become({ at: 'known', hand: { ...rest, standing: 'called' } });
      }
      void here();
    },
  };
}

async function send(url: string, body: object): Promise<{ answer: Response; said: Record<string, unknown> }> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  return { answer, said: (await answer.json().catch(() => ({}))) as Record<string, unknown> };
}

function parsed(text: string | null): { id: string; secret: string } | undefined {
  try {
    const it = JSON.parse(text ?? '') as { id?: unknown; secret?: unknown };
    return typeof it.id === 'string' && typeof it.secret === 'string'
      ? { id: it.id, secret: it.secret }
      : undefined;
  } catch {
    return undefined;
  }
}
