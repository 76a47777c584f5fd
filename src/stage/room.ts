import type { Clock } from '../base/clock.ts';
import type { Slug, SpeakerId } from '../base/ids.ts';
import type { Ms } from '../base/time.ts';
import type { Grant } from '../keys/token.ts';
import type { BackstageAction, BackstageEar, BackstageLine, BackstagePerson } from '../wire/backstage.ts';
import type { Revoked } from '../wire/room.ts';
import type { PublisherCounts, Taken } from './incoming.ts';
import { moderate } from './moderation.ts';
import { MAX_HOSTS, occupied, taken } from './occupancy.ts';
import { type Opened, openEnd, type StageCell } from './opening.ts';
import type { PeerState } from './peer.ts';
import { asPerson, KEEP_MS, openPlace, RETURN_MS, type StagePlace, silenced, takeLevel } from './place.ts';
import { openPublisher } from './publisher.ts';
import { Readers } from './readers.ts';
import { openReceiver } from './receiver.ts';
import type { StageRefusal } from './refusal.ts';
import { Revocation } from './revocation.ts';
import { HEAD_BYTES } from './rtp/rtp.ts';
import { SILENCE } from './rtp/speaking.ts';
import { newSession, type SignallingSession } from './session.ts';
import { Sessions } from './sessions.ts';
import { type Offer, publishLine, receiveLines } from './signalling/offer.ts';
import type { StageHooks, StageRoom } from './stage-room.ts';

/** Limit of one person's receiving sessions; beyond it the oldest is closed. */
const MAX_RECEIVERS_PER_PERSON = 2;
/** A session that has not connected within this time is closed; earlier when others wait for its place. */
const CONNECT_MS = 20_000;
const CONNECT_WHILE_OTHERS_WAIT_MS = 5_000;
/** Limit of listeners to the stage in addition to the limit of speakers. */
const SPARE_EARS = 8;

/** The room itself: places, sessions, forwarding. */
export class Room implements StageRoom {
  readonly slug: Slug;
  programLevel = -SILENCE;
  readonly readers = new Readers();
  /** How many speakers have a place or are about to, without hosts. */
  readonly speakers = (): number => taken(this.#places, undefined, false);
  readonly #hooks: StageHooks;
  readonly #clock: Clock;
  readonly #cell: StageCell;
  readonly #places = new Map<SpeakerId, StagePlace>();
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
  }

  people(): BackstagePerson[] {
    return [...this.#places.values()].filter((p) => p.appeared).map((p) => asPerson(p, this.#clock.now()));
  }

  get attended(): boolean {
    return this.#places.size > 0 || this.#sessions.size > 0 || this.readers.size > 0;
  }

  #ears(): BackstageEar[] {
    return this.#sessions.offStage((id) => this.#places.get(id)?.appeared === true);
  }

  #roster(): BackstageLine {
    return { kind: 'roster', people: this.people(), ears: this.#ears() };
  }

  link(id: SpeakerId): Readonly<PublisherCounts> | undefined {
    return this.#places.get(id)?.publisher?.link;
  }

  notice(id: SpeakerId, notice: BackstagePerson['notice']): void {
    const place = this.#places.get(id);
    if (!place || place.notice === notice) return;
    place.notice = notice;
    this.#dirty = true;
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
      this.refusal(grant) ?? occupied(this.#places, before, grant, this.#cell, this.#clock.now());
    if (refusal) return refusal;
    const place = this.#places.get(grant.speaker) ?? openPlace(grant, this.#clock.wall(), this.#clock.now());
    this.#places.set(place.id, place);
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
      if (!place.publisher && !place.appeared) this.#places.delete(place.id);
      return opened;
    }
    const previous = this.#sessions.microphone(grant.speaker);
    if (previous) this.#drop(previous);
    place.publisher = opened.end;
    place.since = this.#clock.now();
    this.#places.set(place.id, place);
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
    const most = 2 * (MAX_HOSTS + this.#cell.maxSpeakers + SPARE_EARS);
    if (this.#sessions.ears().length >= most && this.#sessions.ears(grant.speaker).length === 0)
      return {
        refused: 'stage-full',
        detail: `At most ${most} connections hear this stage`,
        retryAfter: 10,
      };
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
    for (const who of this.#revocation.take(revoked, this.#clock.now())) {
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
    if (live.kind === 'whip') this.#forget(live.who);
  }

  /** The first lines of a person's backstage stream, or why they may not read it. */
  backstage(grant: Grant): readonly BackstageLine[] | StageRefusal {
    const barred = this.refusal(grant);
    if (barred) return barred;
    const place = this.#places.get(grant.speaker);
    return [
      { kind: 'you', id: grant.speaker, name: place?.name ?? grant.name, role: place?.role ?? grant.role },
      this.#roster(),
      ...(this.#program ? [this.#program] : []),
    ];
  }

  /** Carries out a backstage action; undefined when done. */
  act(grant: Grant, action: BackstageAction): StageRefusal | undefined {
    const barred = this.refusal(grant);
    if (barred) return barred;
    this.#dirty = true;
    return moderate(
      {
        place: (id) => this.#places.get(id as SpeakerId),
        ear: (id) => {
          const ear = this.#ears().find((it) => it.id === id);
          return ear && { id: ear.id as SpeakerId, role: ear.role };
        },
        ask: (who, line) => this.readers.send(line, who),
        muted: (place) => this.#hooks.muted(place.id, silenced(place)),
        bar: (who) => this.#remove(who),
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
    for (const place of [...this.#places.values()]) {
      if (place.publisher) continue;
      const away = now - place.since;
      if (place.present && away >= RETURN_MS) {
        place.present = false;
        this.#hooks.left(place.id);
        this.#dirty = true;
      }
      if (away >= KEEP_MS) this.#forget(place.id);
    }
    if (now - this.#levelsAt >= 100) this.#tell(now);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const session of [...this.#sessions]) this.#drop(session);
    this.#places.clear();
    this.readers[Symbol.dispose]();
  }

  /** Sends levels ten times a second, and the roster when it changed. */
  #tell(now: Ms): void {
    this.#levelsAt = now;
    const people: Record<string, number> = {};
    let speaking = '';
    for (const place of this.#places.values()) {
      if (!place.connected) continue;
      people[place.id] = takeLevel(place);
      if (!silenced(place) && place.speaking.now(now)) speaking += `${place.id} `;
    }
    if (speaking !== this.#speaking) this.#dirty = true;
    this.#speaking = speaking;
    if (this.#dirty) {
      this.#dirty = false;
      this.readers.send(this.#roster());
      this.#hooks.changed();
    }
    this.readers.send({ kind: 'levels', people, program: this.programLevel });
  }

  #take(place: StagePlace, session: SignallingSession, taken: Taken): void {
    if (place.publisher !== session.end || !session.connected || place.forced) return;
    const { sequence, timestamp, payload, level, arrival, epoch } = taken;
    // A frame of one or two bytes is DTX, which is silence. Without levels every other packet counts as voice.
    const heard = level ?? (payload.length <= 2 ? SILENCE : undefined);
    if (heard !== undefined && !place.muted) place.speaking.heard(heard, arrival);
    const frame = Buffer.allocUnsafe(HEAD_BYTES + payload.length);
    frame.set(payload, HEAD_BYTES);
    const voice = { frame, sequence, timestamp, level, epoch };
    const voiced = heard === undefined || heard < 60;
    for (const other of this.#sessions) {
      // Nobody hears their own voice.
      if (other.kind === 'whep' && other.connected && other.who !== place.id)
        other.end.forward(place.id, voice, voiced, arrival);
    }
    this.#hooks.packet({
      speaker: place.id,
      sequence,
      timestamp,
      payload,
      arrival,
      ...(level === undefined ? {} : { level }),
    });
  }

  #stateChanged(session: SignallingSession, state: PeerState): void {
    if (this.#sessions.get(session.id) !== session) return;
    if (state === 'connected') {
      session.connected = true;
      session.handshake[Symbol.dispose]();
      if (session.kind === 'whip') this.#connected(session.who);
      else this.#dirty = true;
      return;
    }
    // ICE may recover from `disconnected`, but only while `gone` is false. The other states are final.
    if (state === 'disconnected' && 'gone' in session.end && !session.end.gone(this.#clock.now())) return;
    if (state === 'disconnected' && session.kind === 'whep') return;
    this.#drop(session);
    if (session.kind !== 'whip') return;
    const place = this.#places.get(session.who);
    if (place && !place.appeared) this.#forget(place.id);
  }

  #connected(who: SpeakerId): void {
    const place = this.#places.get(who);
    if (!place) return;
    place.connected = true;
    place.appeared = true;
    this.#dirty = true;
    if (place.present) return;
    place.present = true;
    this.#hooks.joined(who, { name: place.name, role: place.role });
    if (silenced(place)) this.#hooks.muted(who, true);
  }

  /** Ends a session. A microphone's place stays, and the timers of its absence start. */
  #drop(session: SignallingSession): void {
    if (!this.#sessions.delete(session)) return;
    session.end[Symbol.dispose]();
    session.handshake[Symbol.dispose]();
    const place = this.#places.get(session.who);
    this.#dirty = true;
    if (session.kind !== 'whip' || place?.publisher !== session.end) return;
    place.publisher = undefined;
    place.connected = false;
    place.since = this.#clock.now();
    place.speaking.silence();
  }

  #forget(who: SpeakerId): void {
    const place = this.#places.get(who);
    if (!place) return;
    const session = this.#sessions.microphone(who);
    if (session) this.#drop(session);
    this.#places.delete(who);
    for (const other of this.#sessions) if (other.kind === 'whep') other.end.release(who);
    if (place.present) this.#hooks.left(who);
    this.#dirty = true;
  }

  #remove(who: SpeakerId): void {
    this.#revocation.bar(who);
    this.#end(who);
    this.#hooks.removed(who);
  }

  /** Ends everything that this person has here. */
  #end(who: SpeakerId): void {
    this.readers.end(who);
    for (const session of [...this.#sessions]) if (session.who === who) this.#drop(session);
    this.#forget(who);
  }

  /** Why this link opens nothing here; undefined while it is valid. */
  refusal(grant: Grant): StageRefusal | undefined {
    if (this.#closed) return { refused: 'room-not-open' };
    const present = (who: SpeakerId): boolean =>
      this.#places.has(who) || this.#sessions.has(who) || this.readers.has(who);
    return this.#revocation.refuse(grant, present);
  }
}
