import { createHash } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { PageLanguage } from '../../base/negotiation.ts';
import { type Ms, ms } from '../../base/time.ts';
import { type Dossier, dossierOf } from '../dossier.ts';
import type { Incident } from '../incident.ts';
import type { IncidentBook } from '../incident-book.ts';
import { bundleHead, verdictText } from '../incident-verdict.ts';
import { incidentFeed } from '../page/feed.ts';
import { framed } from '../page/frame.ts';
import { incidentMain, listMain } from '../page/incident-pages.ts';
import type { IncidentStatement } from '../statements/statement.ts';
import { incidentWords, spanOf } from '../words/sentences.ts';
import { PressFolder } from './press-folder.ts';

/** What publishing needs. */
export interface PressWriterDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The folder that the press serves. */
  readonly folder: string;
  /** The address of this server, without a slash at its end; absent: pages link within whoever serves them. */
  readonly base?: string | undefined;
  /** Files that every page loads, by their name; undefined for one that cannot be read now: it is asked for again. */
  style(): Promise<ReadonlyMap<string, Uint8Array | undefined>>;
  /** All copies beside incidents together, bytes; default 512 MB. */
  readonly mostCopied?: number;
  /** What people said while an incident lasted: claims, and notes of hosts. Default: nothing. */
  statements?(incident: Incident, now: number): Promise<readonly IncidentStatement[]>;
  /** The lines of a room's bundle; undefined where there is none. */
  bundle?(room: string): Promise<AsyncIterable<string> | undefined>;
  /** What the doors were asked for during an incident and before, as lines; default: nothing. */
  requestLines?(incident: Incident): AsyncIterable<string>;
  /** Those lines are published: their file has this SHA-256 (hexadecimal), and so many lines. */
  requestsCopied?(incident: Incident, sha256: string, lines: number): Promise<unknown>;
}

/** The form of the pages: with another one all are written anew. */
const FORM = '2';
const LANGUAGES: readonly PageLanguage[] = ['en', 'fr'];
/** A page is written anew so soon after something has changed, and so often while an incident lasts. */
const SOON: Ms = ms(1_000);
const WHILE_IT_LASTS_MS = 10_000;
/** What people say afterwards is looked for during this time, so often. */
const LOOKS_AFTER_MS = 24 * 3_600_000;
const LOOK_AFTER_MS = 60_000;
/** What could not be written is tried again so often. */
const AGAIN_MS = 10_000;
/** Rooms whose bundle is kept with an incident, and the longest bundle, bytes. */
const MOST_BUNDLES = 4;
const MOST_BUNDLE_BYTES = 64 * 1024 * 1024;
const MOST_REQUEST_BYTES = 256 * 1024 * 1024;
/** All copies together, bytes: those of the oldest incidents are removed first. */
const MOST_COPIED_BYTES = 512 * 1024 * 1024;
const REQUESTS = 'requests.jsonl';

/** Writes the pages: soon after something has changed, and never two at once. */
export class PressWriter {
  readonly #deps: PressWriterDeps;
  readonly #book: IncidentBook;
  readonly #folder: PressFolder;
  readonly #dossiers = new Map<string, Dossier>();
  readonly #said = new Map<string, readonly IncidentStatement[]>();
  readonly #changed = new Set<string>();
  readonly #bundles = new Map<string, readonly string[]>();
  /** Incidents with a copy of their requests. */
  readonly #requests = new Set<string>();
  #listChanged = true;
  #styled = false;
  #begun = false;
  #waiting: Disposable | undefined;
  #work: Promise<void> = Promise.resolve();
  #wroteAt = Number.NEGATIVE_INFINITY;
  #lookedAt: number;
  #triedAt = 0;
  #failing = false;
  failures = 0;

  constructor(book: IncidentBook, deps: PressWriterDeps) {
    this.#book = book;
    this.#deps = deps;
    this.#folder = new PressFolder(deps.folder);
    this.#lookedAt = deps.clock.now();
  }

  /** Files that were changed. */
  get changes(): number {
    return this.#folder.changes;
  }

  /** Something of an incident has changed: its pages are written within a second. */
  changed(id: string | undefined): void {
    if (id !== undefined) this.#changed.add(id);
    this.#waiting ??= this.#deps.clock.after(SOON, () => void this.publish());
  }

  /** Call about once a second. */
  tick(): void {
    const [now, wall] = [this.#deps.clock.now(), this.#deps.clock.wall()];
    const { current } = this.#book;
    if (current && now - this.#wroteAt >= WHILE_IT_LASTS_MS) this.changed(current.id);
    if ((this.#failing || !this.#styled) && now - this.#triedAt >= AGAIN_MS) this.changed(undefined);
    if (now - this.#lookedAt < LOOK_AFTER_MS) return;
    this.#lookedAt = now;
    for (const { id, window } of this.#book.list())
      if (window.to !== undefined && wall - window.to < LOOKS_AFTER_MS) this.changed(id);
  }

  /** Resolves when what has changed so far is published, or could not be. */
  publish(): Promise<void> {
    this.#waiting?.[Symbol.dispose]();
    this.#waiting = undefined;
    this.#work = this.#work
      .then(() => this.#write())
      .then(
        () => {
          this.#failing = false;
        },
        (error: unknown) => {
          this.failures += 1;
          if (!this.#failing)
            this.#deps.log.warn(
              { error: String(error) },
              'pages about incidents could not be written: those that are there stay as they are, and it is tried again',
            );
          this.#failing = true;
          this.#listChanged = true;
        },
      );
    return this.#work;
  }

  /** What is known of an incident, as it would be published now. */
  async dossier(id: string): Promise<Dossier | undefined> {
    const incident = this.#book.get(id);
    return incident && this.#gathered(incident);
  }

  async #gathered(incident: Incident): Promise<Dossier> {
    const { clock, log, statements } = this.#deps;
    const now = clock.wall();
    const said = await Promise.resolve(statements?.(incident, now) ?? []).catch((error: unknown) => {
      log.debug({ error: String(error) }, 'what people said could not be read');
      return this.#said.get(incident.id) ?? [];
    });
    this.#said.set(incident.id, said);
    const { id } = incident;
    return {
      ...dossierOf(incident, said, this.#bundles.get(id) ?? [], now),
      ...(this.#requests.has(id) ? { requestCopy: true } : {}),
    };
  }

  async #write(): Promise<void> {
    await this.#writeChanged();
    await this.#folder.told();
  }

  async #writeChanged(): Promise<void> {
    const { clock } = this.#deps;
    this.#triedAt = clock.now();
    if (!this.#styled) await this.#writeStyle();
    if (!this.#begun) {
      await this.#folder.tidy();
      await this.#lookAtOld();
      this.#begun = true;
    }
    const ids = [...this.#changed];
    const now = clock.wall();
    if (this.#book.current) this.#wroteAt = clock.now();
    const failed: unknown[] = [];
    for (const id of ids) {
      // What changes while this is written is written again.
      this.#changed.delete(id);
      try {
        await this.#writeIncident(id, now);
      } catch (error) {
        // One that cannot be told keeps none of the others from it.
        this.#changed.add(id);
        failed.push(error);
      }
      this.#listChanged = true;
    }
    if (this.#listChanged) await this.#writeList(now);
    if (failed.length > 0) throw failed[0];
  }

  /** The style is nothing that a page waits for. */
  async #writeStyle(): Promise<void> {
    try {
      const files = await this.#deps.style();
      for (const [name, bytes] of files) if (bytes) await this.#folder.write(`incidents/${name}`, bytes);
      this.#styled = [...files.values()].every(Boolean);
    } catch (error) {
      this.#deps.log.debug(
        { error: String(error) },
        'the style of the pages about incidents could not be read',
      );
    }
  }

  async #writeList(now: number): Promise<void> {
    const { base = '' } = this.#deps;
    const held = this.#book.list().filter(({ window: { from, to = from } }) => Number.isFinite(from + to));
    const dossiers = held.map((one) => this.#dossiers.get(one.id) ?? dossierOf(one, [], [], now));
    const known = new Set(held.map(({ id }) => id));
    for (const id of this.#dossiers.keys()) if (!known.has(id)) this.#dossiers.delete(id);
    for (const id of this.#said.keys()) if (!known.has(id)) this.#said.delete(id);
    for (const language of LANGUAGES) {
      const words = incidentWords(language);
      const [own, other] = language === 'fr' ? ['.fr.html', '.html'] : ['.html', '.fr.html'];
      const frame = {
        title: words.title,
        about: words.about,
        path: '/incidents',
        folder: 'incidents/',
        base,
      };
      const main = listMain(dossiers, words, now, base);
      await this.#folder.write(
        `incidents${own}`,
        framed({ ...frame, other: `incidents${other}` }, words, main),
      );
    }
    await this.#folder.write('incidents/feed.xml', incidentFeed(dossiers, incidentWords('en'), base, now));
    // A copy elsewhere begins here.
    await this.#folder.write('index.html', START);
    this.#listChanged = false;
  }

  async #writeIncident(id: string, now: number): Promise<void> {
    const incident = this.#book.get(id);
    if (!incident) return;
    if (incident.window.to !== undefined && !this.#bundles.has(id)) await this.#copyBundles(incident);
    const dossier = await this.#gathered(incident);
    this.#dossiers.set(id, dossier);
    for (const language of LANGUAGES) await this.#writePage(dossier, language, now);
    const { incident: facts, ...rest } = dossier;
    await this.#folder.write(`incidents/${id}/verdict.json`, verdictText(facts));
    await this.#folder.write(`incidents/${id}.json`, `${JSON.stringify({ ...facts, ...rest })}\n`);
  }

  /** Pages of earlier lives of this process: those are written again that are missing, recent, or of another form. */
  async #lookAtOld(): Promise<void> {
    const sameForm = (await this.#folder.read('.form')) === FORM;
    const now = this.#deps.clock.wall();
    for (const { id, window } of this.#book.list()) {
      const isRecent = window.to === undefined || now - window.to < LOOKS_AFTER_MS;
      if (!sameForm || isRecent || (await this.#folder.read(`incidents/${id}.json`)) === undefined)
        this.#changed.add(id);
      const beside = await this.#folder.names(`incidents/${id}`);
      if (beside.includes(REQUESTS)) this.#requests.add(id);
      const copied = beside.filter((name) => name.endsWith('.bundle'));
      if (copied.length > 0)
        this.#bundles.set(id, copied.map((name) => name.slice(0, -'.bundle'.length)).sort());
    }
    await this.#folder.write('.form', FORM);
  }

  #writePage(dossier: Dossier, language: PageLanguage, now: number): Promise<boolean> {
    const { base = '' } = this.#deps;
    const { id } = dossier.incident;
    const words = incidentWords(language);
    const [own, other] = language === 'fr' ? ['.fr.html', '.html'] : ['.html', '.fr.html'];
    const frame = {
      title: `${words.title}: ${spanOf(dossier.incident, words, now)}`,
      ...{ about: words.about, path: `/incidents/${id}`, folder: '', base, other: `${id}${other}` },
    };
    return this.#folder.write(
      `incidents/${id}${own}`,
      framed(frame, words, incidentMain(dossier, words, now, base)),
    );
  }

  /** Copies the bundles of the rooms beside the incident, once it is over: they can be checked when all else is down. */
  async #copyBundles(incident: Incident): Promise<void> {
    const { id, rooms } = incident;
    const { bundle, log } = this.#deps;
    const copied: string[] = [];
    for (const room of bundle ? rooms.slice(0, MOST_BUNDLES) : []) {
      // A bundle only grows: that of a later incident has all that this one would have.
      if ([...this.#bundles].some(([other, has]) => other > id && has.includes(room))) continue;
      try {
        const lines = await bundle?.(room);
        if (
          lines &&
          (await this.#folder.writeLines(`incidents/${id}/${room}.bundle`, lines, MOST_BUNDLE_BYTES))
        )
          copied.push(room);
      } catch (error) {
        log.warn(
          { id, room, error: String(error) },
          'the bundle of a room could not be copied beside its incident',
        );
      }
    }
    this.#bundles.set(id, copied);
    await this.#copyRequests(incident).catch((error: unknown) =>
      log.warn({ id, error: String(error) }, 'the requests of an incident could not be copied beside it'),
    );
    await this.#keepWithin();
  }

  /** Keeps one bundle of each room, and all copies together within their limit; the newest incidents come first. */
  async #keepWithin(): Promise<void> {
    const { mostCopied = MOST_COPIED_BYTES } = this.#deps;
    const seen = new Set<string>();
    let total = 0;
    for (const { id, name, size } of await this.#folder.copies()) {
      const isBundle = name !== REQUESTS;
      if (!(isBundle && seen.has(name)) && total + size <= mostCopied) {
        total += size;
        if (isBundle) seen.add(name);
        continue;
      }
      await this.#folder.remove(`incidents/${id}/${name}`);
      this.#requests.delete(isBundle ? '' : id);
      this.#bundles.set(
        id,
        (this.#bundles.get(id) ?? []).filter((room) => `${room}.bundle` !== name),
      );
      this.changed(id);
    }
  }

  /** Copies what the doors were asked for: the verdict can be worked out again from it. */
  async #copyRequests(incident: Incident): Promise<void> {
    const { requestLines, requestsCopied, log } = this.#deps;
    if (!requestLines) return;
    const hash = createHash('sha256');
    let count = 0;
    async function* all(): AsyncGenerator<string> {
      const lines = async function* (): AsyncGenerator<string> {
        yield bundleHead(incident);
        for await (const line of requestLines?.(incident) ?? []) yield `${line}\n`;
      };
      for await (const line of lines()) {
        hash.update(line);
        count += 1;
        yield line;
      }
    }
    const { id } = incident;
    if (await this.#folder.writeLines(`incidents/${id}/${REQUESTS}`, all(), MOST_REQUEST_BYTES)) {
      this.#requests.add(id);
      await requestsCopied?.(incident, hash.digest('hex'), count);
    } else
      log.warn(
        { id },
        'the requests of an incident are too many to be published beside it: they stay in the data folder',
      );
  }

  [Symbol.dispose](): void {
    this.#waiting?.[Symbol.dispose]();
  }
}

const START = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=incidents.html"><title>Incidents</title></head>
<body><p><a href="incidents.html">Incidents</a></p></body></html>
`;
