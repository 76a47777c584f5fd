import { hashOf } from './network.ts';
import { type TargetKind, targetKind } from './target-kind.ts';

/** What is known of one path. */
export interface PathSense {
  readonly kind: TargetKind;
  readonly hash: number;
  /** Requests for it; counted only for paths that are remembered. */
  requests: number;
}

/** Paths by name, up to a limit; of further ones only kind and hash are worked out, each time again. */
export class SeenPaths {
  readonly #known = new Map<string, PathSense>();
  readonly #pages = new Set<number>();
  readonly #names = new Map<number, string>();
  readonly #most: number;
  constructor(most: number) {
    this.#most = most;
  }

  sense(path: string): PathSense {
    const known = this.#known.get(path);
    if (known) return known;
    const sense = { kind: targetKind(path), hash: hashOf(path), requests: 0 };
    if (this.#known.size < this.#most) this.#known.set(Buffer.from(path).toString(), sense);
    return sense;
  }

  /** A page that is known by its hash alone. */
  sensePage(hash: number): void {
    if (this.#pages.size < this.#most) this.#pages.add(hash);
  }

  /** What the path of a hash is. */
  name(hash: number, name: string): void {
    if (this.#names.size < this.#most) this.#names.set(hash, name);
  }

  /** Different pages that are remembered, and whether there were more. */
  get pages(): { readonly count: number; readonly more: boolean } {
    let count = this.#pages.size;
    for (const { kind } of this.#known.values()) if (kind === 'page') count++;
    return { count, more: this.#known.size >= this.#most };
  }

  /** The path of a hash, if it is remembered. */
  nameOf(hash: number): string | undefined {
    const name = this.#names.get(hash);
    if (name !== undefined) return name;
    for (const [path, sense] of this.#known) if (sense.hash === hash) return path;
    return undefined;
  }
}
