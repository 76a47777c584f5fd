import type { CrowdOrder, Member, MemberMessage } from '../order/order.ts';
import type { Second } from '../order/second.ts';

/** Several members that act as one. */
export interface Team extends Disposable {
  readonly capacity: number;
  readonly processes: number;
  readonly members: readonly Member[];
  /** Splits the order over the members by what each can hold. Once. */
  begin(order: CrowdOrder): void;
  /** Everyone leaves; `done` follows. */
  stop(): void;
}

/** How many source addresses each process gets for itself, so that two never share a port. */
const SOURCES_EACH = 4;

/** Makes a team. `lost` is called for a member that died; its share is then missing, and the rest continue. */
export function openTeam(
  members: readonly Member[],
  on: { second(second: Second): void; lost(name: string, why: string): void; done(): void },
): Team {
  const capacity = members.reduce((sum, member) => sum + member.capacity, 0);
  const running = new Set<Member>();
  const finish = (member: Member): void => {
    if (running.delete(member) && running.size === 0) on.done();
  };
  for (const member of members) {
    member.onSaid((said: MemberMessage) => {
      if (said.kind === 'second') on.second(said.second);
      else if (said.kind === 'done') finish(member);
    });
    member.onLost((why) => {
      if (!running.has(member)) return;
      on.lost(member.name, why);
      finish(member);
    });
  }
  return {
    capacity,
    processes: members.reduce((sum, member) => sum + member.processes, 0),
    members,
    begin(order) {
      const shares = split(
        order.listeners,
        members.map((member) => member.capacity),
      );
      for (const member of members) running.add(member);
      let sources = 0;
      for (const [index, member] of members.entries()) {
        const each = SOURCES_EACH * member.processes;
        const from = order.from.slice(sources, sources + each);
        sources += each;
        member.tell({
          kind: 'begin',
          order: {
            ...order,
            listeners: shares[index] ?? 0,
            from: from.length > 0 ? from : order.from,
            seed: order.seed * 64 + index + 1,
          },
        });
      }
      if (members.length === 0) on.done();
    },
    stop() {
      for (const member of members) member.tell({ kind: 'stop' });
    },
    [Symbol.dispose]() {
      for (const member of members) member[Symbol.dispose]();
    },
  };
}

/** `total` in whole parts in proportion to `weights`; they add up to `total`. */
export function split(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  let given = 0;
  let passed = 0;
  return weights.map((weight) => {
    passed += weight;
    const upTo = sum > 0 ? Math.round((total * passed) / sum) : 0;
    const part = upTo - given;
    given = upTo;
    return part;
  });
}
