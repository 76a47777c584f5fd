/** The stage: the people whose microphones can be heard, and the WebRTC connections that carry them. */
import type { Clock } from '../base/clock.ts';
import type { Slug } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import type { Tokens } from '../keys/token.ts';
import { removeStaleHands } from './hands/hand-file.ts';
import type { StageCell } from './opening.ts';
import { Room } from './room.ts';
import { routes } from './routes.ts';
import { OfferPace } from './rtp/pace.ts';
import { ConnectingLimit } from './signalling/handshakes.ts';
import type { IceServer } from './signalling/ice-servers.ts';
import { holdMediaPort } from './signalling/media-port.ts';
import type { StageHooks, StageRoom } from './stage-room.ts';

export { type BotResult, type SpeakOptions, speak } from './bot/bot.ts';
export { type BotSound, type OpusPacket, readSound } from './bot/sound.ts';
export type { PublisherCounts } from './incoming.ts';
export type { IceServer } from './signalling/ice-servers.ts';
export type { StageHooks, StageRoom } from './stage-room.ts';

/** Dependencies of the stage. */
export interface StageDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly tokens: Tokens;
  /** The one UDP port of all media, open to the world; 0 takes a free one (tests, trials). */
  readonly udpPort: number;
  /** Address to bind; default: all addresses. */
  readonly bindAddress?: string | undefined;
  /** Address that clients reach when the machine itself has a private one (1:1 NAT). */
  readonly publicAddress?: string | undefined;
  /** STUN and TURN servers announced to clients in Link headers; TURN helps clients in restricted networks. */
  readonly iceServers: readonly IceServer[];
  /** Limit of simultaneous microphones in one room; hosts are not counted in it. */
  readonly maxSpeakers: number;
  /** The same for all rooms of the cell together; default: no limit. */
  readonly maxSpeakersOfAll?: number;
  /** Folder in which raised hands are kept; without it a restart loses them. */
  readonly handsDir?: string;
  /** The name of the rule that a text breaks in a room; default: none does. */
  brokenRule?(slug: string, text: string): string | undefined;
}

/** The open stage of one cell. */
export interface Stage extends AsyncDisposable {
  /** The UDP port of all media. */
  readonly udpPort: number;
  /** Why nobody can connect through the port, in a few words, as of a few seconds ago; undefined while it works. */
  readonly udpTrouble: string | undefined;
  /** Connections that the media library failed to open, since the start. */
  readonly failures: number;
  /** Opens a room for speakers. Dispose the result to close it. @throws when it is open already. */
  openRoom(slug: Slug, hooks: StageHooks): StageRoom;
  /** Answers WHIP, WHEP, backstage requests and raised hands (`/r/:slug/whip`, `/whep`, `/backstage`, `/hand`). */
  fetch(request: Request): Promise<Response>;
}

const TICK_MS = 50;
/** Interval while nobody is on stage or backstage in this cell. */
const EMPTY_TICK_MS = 200;
const PORT_LOOK_MS = 5000;

/** Opens the stage. @throws EarshotError `bad-config` when the UDP port is not available. */
export async function open(deps: StageDeps): Promise<Stage> {
  const { log } = deps;
  const held = await holdMediaPort(deps.udpPort, deps.bindAddress);
  const { clock, publicAddress } = deps;
  const pace = new OfferPace(clock);
  const rooms = new Map<string, Room>();
  const cell: StageCell = {
    maxSpeakersOfAll: deps.maxSpeakersOfAll ?? Number.POSITIVE_INFINITY,
    speakers: () => [...rooms.values()].reduce((sum, room) => sum + room.speakers(), 0),
    ...{ clock, log, maxSpeakers: deps.maxSpeakers, handshakes: new ConnectingLimit(clock) },
    media: { port: held.port, bindAddress: deps.bindAddress, publicAddress, pace },
    ...{ failures: 0, complained: -Infinity, handsDir: deps.handsDir },
  };
  if (deps.handsDir !== undefined) removeStaleHands(deps.handsDir, clock.wall());
  const app = routes({
    rooms: (slug) => rooms.get(slug),
    ...{ tokens: deps.tokens, iceServers: deps.iceServers, clock, log, pace },
    behindNat: publicAddress !== undefined,
    brokenRule: (slug, text) => deps.brokenRule?.(slug, text),
  });
  let timer: Disposable;
  const tick = (): void => {
    const now = clock.now();
    let attended = false;
    for (const room of rooms.values()) {
      room.tick(now);
      attended ||= room.attended;
    }
    timer = clock.after(ms(attended ? TICK_MS : EMPTY_TICK_MS), tick);
  };
  timer = clock.after(ms(TICK_MS), tick);
  let udpTrouble: string | undefined;
  const look = deps.clock.every(ms(PORT_LOOK_MS), () => {
    // A probe that fails for a reason of its own says nothing about the port.
    void held.trouble().then(
      (trouble) => {
        if (trouble !== undefined && udpTrouble === undefined)
          log.error({ port: held.port }, `UDP ${trouble}`);
        udpTrouble = trouble;
      },
      () => undefined,
    );
  });
  return {
    udpPort: held.port,
    get udpTrouble() {
      return udpTrouble;
    },
    get failures() {
      return cell.failures;
    },
    openRoom(slug, hooks) {
      if (rooms.has(slug)) throw new Error(`the room ${slug} is open already`);
      const room = new Room(slug, hooks, cell);
      rooms.set(slug, room);
      const close = room[Symbol.asyncDispose].bind(room);
      return Object.assign(room, {
        [Symbol.asyncDispose]: async () => {
          if (rooms.get(slug) === room) rooms.delete(slug);
          await close();
        },
      });
    },
    fetch: async (request) => app.fetch(request),
    async [Symbol.asyncDispose]() {
      timer[Symbol.dispose]();
      look[Symbol.dispose]();
      for (const room of [...rooms.values()]) await room[Symbol.asyncDispose]();
      rooms.clear();
      held[Symbol.dispose]();
    },
  };
}
