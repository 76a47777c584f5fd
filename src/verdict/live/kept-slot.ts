import { createHash } from 'node:crypto';
import { type AgentKind, agentKind } from '../clients/agent-kind.ts';
import type { RequestSlot, SentSlot } from './request-slot.ts';

const MOST_KNOWN = 20_000;

/** Turns what doors send into what is kept: agents by what they are and a hash, prefixes by whether they are new. */
export class SlotKeeping {
  readonly #known = new Map<string, AgentKind>();
  readonly #salt: string;

  /** `salt`: agents have the same hash as long as it is the same; different on each server. */
  constructor(salt: string) {
    this.#salt = salt;
  }

  /** `isFresh`: true for a prefix that was not seen before; `since`: how long that has been looked at. */
  keep(sent: SentSlot, isFresh: (lasting: string) => boolean, since: number): RequestSlot {
    const { agents, seen, ...slot } = sent;
    const prefixes = Object.entries(seen).flatMap(([prefix, lasting]) => (isFresh(lasting) ? [prefix] : []));
    return {
      ...slot,
      agents: agents.map(([name, impostor]) => [
        this.#kindOf(name),
        createHash('sha256').update(`${this.#salt} ${name}`).digest('hex').slice(0, 8),
        ...(impostor === undefined ? [] : [impostor]),
      ]) as unknown as RequestSlot['agents'],
      fresh: { prefixes, since },
    };
  }

  #kindOf(name: string): AgentKind {
    let kind = this.#known.get(name);
    if (kind === undefined) {
      kind = agentKind(name);
      if (this.#known.size >= MOST_KNOWN) this.#known.clear();
      this.#known.set(name, kind);
    }
    return kind;
  }
}
