import { hashOf } from './network.ts';

/** What a Referer says: whether it is a page of this site, and the hash of that page's path. */
export interface RefererSense {
  readonly host: string;
  readonly page: number;
}

const MOST_KEPT = 5_000;
const MOST_HOSTS = 500;
/** Share of the most frequent host among the referers of files from which another host is the site's own as well. */
const OWN_SHARE = 0.2;

/**
 * Learns which hosts are the site's own: a log seldom says, but the files of a page are asked for with the page as
 * their Referer.
 */
export class Referers {
  readonly #kept = new Map<string, RefererSense>();
  readonly #hosts = new Map<string, number>();
  #most = 0;

  sense(referer: string): RefererSense {
    const known = this.#kept.get(referer);
    if (known) return known;
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    const [, host = '', path = ''] = /^https?:\/\/([^/?#]*)([^?#]*)/.exec(referer) ?? [];
    const sense = { host: Buffer.from(host).toString(), page: hashOf(path === '' ? '/' : path) };
    this.#kept.set(Buffer.from(referer).toString(), sense);
    return sense;
  }

  /** A file was asked for with this host in its Referer. */
  learn(host: string): void {
    const count = (this.#hosts.get(host) ?? 0) + 1;
    if (count > 1 || this.#hosts.size < MOST_HOSTS) this.#hosts.set(host, count);
    this.#most = Math.max(this.#most, count);
  }

  own(host: string): boolean {
    const count = this.#hosts.get(host);
    return count !== undefined && count >= this.#most * OWN_SHARE;
  }
}
