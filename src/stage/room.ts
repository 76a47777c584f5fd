import type { Clock } from '../base/clock.ts';
import type { Slug, SpeakerId } from '../base/ids.ts';
import type { Ms } from '../base/time.ts';
import type { Grant } from '../keys/token.ts';
import type { Revoked } from '../wire/room.ts';
import type { BackstageAction, BackstageLine, BackstagePerson } from '../wire/stage/backstage.ts';
import { forward } from './forwarding.ts';
import { openHandFile } from './hands/hand-file.ts';
import { banned, type HandsRoom, isHandAction, RoomHands } from './hands/room-hands.ts';
import type { PublisherCounts, Taken } from './incoming.ts';
import { moderate } from './moderation.ts';
import { earsFull, hasHost, occupied, taken } from './occupancy.ts';
import { type Opened, openEnd, type StageCell } from './opening.ts';
import type { PeerState } from './peer.ts';
import { StagePeople } from './people.ts';
import { type StagePlace, silenced } from './place.ts';
import { openPublisher } from './publisher.ts';
import { Readers } from './readers.ts';
import { openReceiver } from './receiver.ts';
import type { StageRefusal } from './refusal.ts';
import { Revocation } from './revocation.ts';
import { SILENCE } from './rtp/speaking.ts';
import { newSession, type SignallingSession, type WhepSession } from './session.ts';
import { Sessions } from './sessions.ts';
import { type Offer, publishLine, receiveLines } from './signalling/offer.ts';
import type { StageHooks, StageRoom } from './stage-room.ts';

/** Limit of one person's receiving sessions; beyond it the oldest is closed. */
const MAX_RECEIVERS_PER_PERSON = 2;
/** A session that has not connected within this time is closed; earlier when others wait for its place. */
const CONNECT_MS = 20_000;
const CONNECT_WHILE_OTHERS_WAIT_MS = 5_000;

/** The room itself: places, sessions, forwarding. */
export class Room implements StageRoom {
  readonly slug: Slug;
  programLevel = -SILENCE;
  readonly readers = new Readers();
  readonly raised: RoomHands;
  /** How many speakers have a place or are about to, without hosts. */
  readonly speakers = (): number => taken(this.#people.places, undefined, false);
  readonly #hooks: StageHooks;
  readonly #clock: Clock;
  readonly #cell: StageCell;
  readonly #people: StagePeople;
  readonly #sessions = new Sessions();
  readonly #revocation = new Revocation();
  #program: Extract<BackstageLine, { kind: 'program' }> | undefined;
  #dirty = false;
  #speaking = '';
  #levelsAt = -Infinity;
  #closed = false;

  constructor(slug: Slug, hooks: StageHooks, cell: StageCell) {
    this.slug = slug;
    this.#hooks = hooks;
    this.#clock = cell.clock;
    this.#cell = cell;
    const file = cell.handsDir === undefined ? undefined : openHandFile(cell.handsDir, slug, cell.log);
    this.raised = new RoomHands(this.#forHands(), file);
    this.#people = new StagePeople(hooks, this.#clock, this.#sessions, this.raised, {
      changed: () => {
        this.#dirty = true;
      },
      drop: (session) => this.#drop(session),
      end: (who) => this.#end(who),
    });
  }

  #forHands(): HandsRoom {
    return {
      wall: () => this.#clock.wall(),
      generation: () => this.#revocation.generation,
      free: () => {
        const { maxSpeakers: most } = this.#limits();
        return { left: most - this.speakers(), most };
      },
      person: (id) => this.#people.get(id) ?? this.#people.ear(id),
      ask: (who, line) => this.readers.send(line, who),
      end: (who) => this.#end(who),
      changed: () => {
        this.#dirty = true;
      },
      banned: () => this.#hooks.banned?.(),
    };
  }

  /** The limits of this room's stage: the server's, and its own where that is lower. */
  #limits(): StageCell {
    return {
      ...this.#cell,
      maxSpeakers: Math.min(this.raised.rules.speakers ?? Infinity, this.#cell.maxSpeakers),
    };
  }

  people(): BackstagePerson[] {
    return this.#people.all();
  }

  get attended(): boolean {
    return this.#people.places.size > 0 || this.#sessions.size > 0 || this.readers.size > 0;
  }

  get hosted(): boolean {
    return hasHost(this.#people.places, this.#sessions, this.readers);
  }

  link(id: SpeakerId): Readonly<PublisherCounts> | undefined {
    return this.#people.get(id)?.publisher?.link;
  }

  notice(id: SpeakerId, notice: BackstagePerson['notice']): void {
    const place = this.#people.get(id);
    if (!place || place.notice === notice) return;
    place.notice = notice;
    this.#dirty = true;
  }

  ask(who: SpeakerId, line: Extract<BackstageLine, { kind: 'asked' }>): void {
    this.readers.send(line, who);
  }

  show(line: Extract<BackstageLine, { kind: 'program' }>): void {
    this.#program = line;
    this.readers.send(line);
  }

  /** Opens a microphone. `takeover` replaces one that is alive; `network` is where the offer came from. */
  async publish(
    grant: Grant,
    offer: Offer,
    takeover: boolean,
    network?: string,
  ): Promise<SignallingSession | StageRefusal> {
    const line = publishLine(offer);
    if (typeof line === 'string') return { refused: 'bad-sdp', detail: line };
    const before = takeover ? undefined : this.#sessions.microphone(grant.speaker);
    const refusal =
      this.refusal(grant) ??
      this.#people.moved(grant.speaker) ??
      occupied(this.#people.places, before, grant, this.#limits(), this.#clock.now());
    if (refusal) return refusal;
    const place = this.#people.open(grant);
    this.#dropUnconnected('whip', grant.speaker, 0);
    let session: SignallingSession | undefined;
    const opened = await this.#open(grant, network, () =>
      openPublisher(this.#cell.media, this.#clock, this.#cell.log, offer, line, {
        packet: (taken) => void (session && this.#take(place, session, taken)),
        state: (state) => void (session && this.#stateChanged(session, state)),
        downstream: () => this.#sessions.loss(place.id, this.#clock.now()),
      }),
    );
    if ('refused' in opened) {
      if (!place.publisher && !place.appeared) this.#people.places.delete(place.id);
      return opened;
    }
    const previous = this.#sessions.microphone(grant.speaker);
    if (previous) this.#drop(previous);
    place.publisher = opened.end;
    place.since = this.#clock.now();
    this.#people.places.set(place.id, place);
    const made = newSession(grant, this.#clock.now(), opened.handshake);
    session = { ...made, kind: 'whip', end: opened.end };
    this.#sessions.add(session);
    return session;
  }

  /** Lets a person backstage hear the others, with or without a microphone here. */
  async listen(grant: Grant, offer: Offer, network?: string): Promise<SignallingSession | StageRefusal> {
    const lines = receiveLines(offer);
    if (typeof lines === 'string') return { refused: 'bad-sdp', detail: lines };
    const barred = this.refusal(grant);
    if (barred) return barred;
    this.#dropUnconnected('whep', grant.speaker, MAX_RECEIVERS_PER_PERSON - 1);
    const full = earsFull(this.#sessions, this.#cell, grant.speaker);
    if (full) return full;
    let session: SignallingSession | undefined;
    const opened = await this.#open(grant, network, () =>
      openReceiver(
        this.#cell.media,
        this.#clock,
        this.#cell.log,
        offer,
        lines,
        (state) => void (session && this.#stateChanged(session, state)),
      ),
    );
    if ('refused' in opened) return opened;
    const now = this.#sessions.ears(grant.speaker);
    for (const old of now.slice(0, Math.max(0, now.length - MAX_RECEIVERS_PER_PERSON + 1))) this.#drop(old);
    const made = newSession(grant, this.#clock.now(), opened.handshake);
    session = { ...made, kind: 'whep', end: opened.end, grant };
    this.#sessions.add(session);
    return session;
  }

  /** Opens one end of a connection, unless this person was removed in the meantime. */
  async #open<End extends Disposable>(
    grant: Grant,
    network: string | undefined,
    open: () => Promise<End>,
  ): Promise<Opened<End> | StageRefusal> {
    const opened = await openEnd(this.#cell, this.slug, network, open);
    const barred = 'refused' in opened ? undefined : this.refusal(grant);
    if ('refused' in opened || !barred) return opened;
    opened.end[Symbol.dispose]();
    opened.handshake[Symbol.dispose]();
    return barred;
  }

  /** Ends this person's offers that never connected, except the newest `but`. */
  #dropUnconnected(kind: SignallingSession['kind'], who: SpeakerId, but: number): void {
    const all = this.#sessions.unconnected(kind, who);
    for (const old of all.slice(0, Math.max(0, all.length - but))) this.#drop(old);
  }

  revoke(revoked: Revoked | undefined): void {
    this.raised.confirm(revoked?.bans);
    // Bans are looked after beside the list of links, because a host can take one back.
    const { bans: _, ...links } = revoked ?? {};
    for (const who of this.#revocation.take(revoked && (links as Revoked), this.#clock.now())) {
      this.readers.send({ kind: 'asked', what: 'leave', by: '' }, who);
      this.#end(who);
    }
  }

  get unconfirmed(): SpeakerId[] {
    return this.#revocation.unconfirmed;
  }

  /** The session with this id, if it belongs to this person. */
  session(kind: 'whip' | 'whep', id: string, who: SpeakerId): SignallingSession | undefined {
    const session = this.#sessions.get(id);
    return session?.kind === kind && session.who === who ? session : undefined;
  }

  /** The client's network changed and this session cannot continue, so its next offer needs no takeover. */
  yieldSession(session: SignallingSession): void {
    const live = this.#sessions.get(session.id);
    if (live) live.yielding = true;
  }

  /** Ends a session at its owner's request, and with a microphone also its place. */
  leave(session: SignallingSession): void {
    const live = this.#sessions.get(session.id);
    if (!live) return;
    this.#drop(live);
    if (live.kind === 'whip') this.#people.forget(live.who);
    this.readers.trust(live.who);
  }

  /** The first lines of a person's backstage stream, or why they may not read it. */
  backstage(grant: Grant): readonly BackstageLine[] | StageRefusal {
    const barred = this.refusal(grant);
    if (barred) return barred;
    const place = this.#people.get(grant.speaker);
    return [
      { kind: 'you', id: grant.speaker, name: place?.name ?? grant.name, role: place?.role ?? grant.role },
      this.#people.roster(),
      ...(this.#program ? [this.#program] : []),
      ...((place?.role ?? grant.role) === 'speaker' ? [] : this.raised.greeting()),
    ];
  }

  /** Carries out a backstage action; undefined when done. */
  act(grant: Grant, action: BackstageAction): StageRefusal | undefined {
    const barred = this.refusal(grant);
    if (barred) return barred;
    this.#dirty = true;
    const own = this.#people.get(grant.speaker);
    if (isHandAction(action))
      return this.raised.act(own?.name ?? grant.name, own?.role ?? grant.role, action);
    return moderate(
      {
        place: (id) => this.#people.get(id),
        ear: (id) => {
          const ear = this.#people.ear(id);
          return ear && { id: ear.id as SpeakerId, role: ear.role };
        },
        ask: (who, line) => this.readers.send(line, who),
        muted: (place) => {
          if (!place.checking) this.#hooks.muted(place.id, silenced(place));
        },
        bar: (who) => this.#remove(who),
        ban: (who, by, reason) => this.raised.ban(who, by, reason),
        listen: (who) => this.#people.toListener(who),
        speak: (who) => this.#people.bringBack(who),
        onAir: (place, on) => this.#people.putOnAir(place, on),
        host: (who) => this.raised.greet((line) => this.readers.send(line, who)),
      },
      grant,
      action,
    );
  }

  /** Repairs, sends reports and detects who is gone; called every 50 ms. */
  tick(now: Ms): void {
    const late = this.#revocation.overdue(now);
    if (late) this.readers.end(late.who, late.generation);
    for (const old of late ? this.#sessions.older(late.who, late.generation) : []) this.#drop(old);
    const patience = this.#cell.handshakes.waitedFor(this.slug) ? CONNECT_WHILE_OTHERS_WAIT_MS : CONNECT_MS;
    for (const session of [...this.#sessions]) {
      session.end.tick(now);
      if (session.connected) {
        if ('gone' in session.end && session.end.gone(now)) this.#stateChanged(session, 'disconnected');
      } else if (now - session.opened > patience) this.#stateChanged(session, 'failed');
    }
    this.#people.tick(now);
    this.raised.tick();
    if (now - this.#levelsAt >= 100) this.#tell(now);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const session of [...this.#sessions]) this.#drop(session);
    this.#people.places.clear();
    this.readers[Symbol.dispose]();
    this.raised[Symbol.dispose]();
  }

  /** Sends levels ten times a second, and the roster when it changed. */
  #tell(now: Ms): void {
    this.#levelsAt = now;
    const { people, speaking } = this.#people.levels(now);
    if (speaking !== this.#speaking) this.#dirty = true;
    this.#speaking = speaking;
    if (this.#dirty) {
      this.#dirty = false;
      this.readers.send(this.#people.roster());
      this.#hooks.changed();
    }
    this.raised.tell((line) => this.readers.sendTo(line, (who, role) => this.isHost(who, role)));
    this.readers.send({ kind: 'levels', people, program: this.programLevel });
  }

  #take(place: StagePlace, session: SignallingSession, taken: Taken): void {
    if (place.publisher !== session.end || !session.connected || place.forced) return;
    const to = (ear: WhepSession): boolean => !place.checking || this.isHost(ear.who, ear.grant.role);
    const packet = forward(place, taken, this.#sessions.eachEar(), to);
    if (!place.checking) this.#hooks.packet(packet);
  }

  #stateChanged(session: SignallingSession, state: PeerState): void {
    if (this.#sessions.get(session.id) !== session) return;
    if (state === 'connected') {
      session.connected = true;
      session.handshake[Symbol.dispose]();
      this.readers.trust(session.who);
      if (session.kind === 'whip') this.#people.connected(session.who);
      else this.#dirty = true;
      return;
    }
    // ICE may recover from `disconnected`, but only while `gone` is false. The other states are final.
    if (state === 'disconnected' && 'gone' in session.end && !session.end.gone(this.#clock.now())) return;
    if (state === 'disconnected' && session.kind === 'whep') return;
    this.#drop(session);
    if (session.kind !== 'whip') return;
    const place = this.#people.get(session.who);
    if (place && !place.appeared) this.#people.forget(place.id);
  }

  /** True for a host or co-host, whether by their link or because a host made them one. */
  isHost(who: SpeakerId, role: Grant['role']): boolean {
    return (this.#people.get(who)?.role ?? role) !== 'speaker';
  }

  /** Ends a session. A microphone's place stays, and the timers of its absence start. */
  #drop(session: SignallingSession): void {
    if (!this.#sessions.delete(session)) return;
    session.end[Symbol.dispose]();
    session.handshake[Symbol.dispose]();
    this.#dirty = true;
    if (this.#people.disconnected(session)) this.readers.trust(session.who, false);
  }

  #remove(who: SpeakerId): void {
    const hand = this.raised.queue.of(who);
    // The grant of a hand ends with the hand; a link is barred.
    if (hand) {
      this.raised.lower(hand);
      return;
    }
    this.#revocation.bar(who);
    this.#end(who);
    this.#hooks.removed(who);
  }

  /** Ends everything that this person has here. */
  #end(who: SpeakerId): void {
    this.readers.end(who);
    for (const session of [...this.#sessions]) if (session.who === who) this.#drop(session);
    this.#people.forget(who);
  }

  /** Why this link opens nothing here; undefined while it is valid. */
  refusal(grant: Grant): StageRefusal | undefined {
    if (this.#closed) return { refused: 'room-not-open' };
    const present = (who: SpeakerId): boolean =>
      this.#people.places.has(who) || this.#sessions.has(who) || this.readers.has(who);
    const why = this.#revocation.refuse(grant, present);
    if (why) return why;
    const ban = this.raised.bans.of(grant);
    if (ban) return banned(ban);
    this.raised.seen(grant);
    return this.raised.refusal(grant);
  }
}
