import type { IncomingMessage, ServerResponse } from 'node:http';
import { languageOf } from '../../base/negotiation.ts';
import { problem, type Reply } from '../../base/reply.ts';
import { feedAnswer, feedHeaders, openKeptFeeds } from '../../feeds/index.ts';
import { send } from '../answer/send.ts';
import type { DoorHttpDeps } from './server-deps.ts';
import { baseOf, feedText, feedType } from './syndication.ts';

/** There is nothing of which a feed was asked for. */
class NoFeed extends Error {}

const HOST = /^\/@([a-z0-9_]{2,60})\/feed\.(?:xml|atom)$/;

/** Feeds of rooms: each is made at most once in some seconds, whoever asks. */
export class DoorFeeds {
  readonly #deps: DoorHttpDeps;
  readonly #broken: (req: IncomingMessage, res: ServerResponse, error: unknown) => void;
  readonly #kept: ReturnType<typeof openKeptFeeds>;

  constructor(
    deps: DoorHttpDeps,
    broken: (req: IncomingMessage, res: ServerResponse, error: unknown) => void,
  ) {
    this.#deps = deps;
    this.#broken = broken;
    this.#kept = openKeptFeeds(deps.clock);
  }

  answer(req: IncomingMessage, res: ServerResponse, path: string, slug: string) {
    this.#reply(req, path, slug).then(
      (reply) => send(req, res, reply),
      (error: unknown) => this.#broken(req, res, error),
    );
  }

  async #reply(req: IncomingMessage, path: string, slug: string): Promise<Reply> {
    const { origin, publicUrl, clients } = this.#deps;
    const { headers } = req;
    const spoken = clients.spokenTo(req);
    const deps = { origin, publicUrl, spoken };
    const base = baseOf(deps);
    if (base === undefined) return problem('bad-request');
    const language = languageOf(headers['accept-language']);
    try {
      const feed = await this.#kept.get(`${base} ${path} ${language}`, () =>
        this.#made(deps, path, slug, language),
      );
      return feedAnswer(
        feed,
        headers as Record<string, string>,
        feedHeaders(publicUrl, `${feedType(path)}; charset=utf-8`, ', accept-language'),
      );
    } catch (error) {
      if (error instanceof NoFeed) return problem(slug === '' ? 'not-found' : 'room-unknown');
      throw error;
    }
  }

  async #made(
    deps: Parameters<typeof feedText>[0],
    path: string,
    slug: string,
    language: ReturnType<typeof languageOf>,
  ): Promise<string> {
    const { clock, signedHead, feedSeed } = this.#deps;
    const name = HOST.exec(path)?.[1];
    const host = name === undefined ? undefined : await this.#deps.hostOf?.(name);
    if (name !== undefined && !host) throw new NoFeed();
    const about = { path, slug, host, language, head: signedHead?.(), seed: feedSeed };
    const text = await feedText(deps, { ...about, now: clock.wall() });
    if (text === undefined) throw new NoFeed();
    return text;
  }
}
