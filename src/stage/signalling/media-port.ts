import datachannel from 'node-datachannel';
import { EarshotError } from '../../base/errors.ts';
import { freeUdpPort, udpPortTrouble } from '../../base/udp-port.ts';

/** Between finding a free port and having it another program may be quicker. */
const TRIES = 5;

/** The UDP port of a stage, held until the process ends. Disposing lets another stage of this process have it. */
export interface MediaPort extends Disposable {
  readonly port: number;
  /** Why speakers cannot reach the stage through it, in a few words; undefined when the socket is there. */
  trouble(): Promise<string | undefined>;
}

interface Held {
  /** Collected, it would give the port back. */
  readonly listener: datachannel.IceUdpMuxListener;
  used: boolean;
}

/** The library keeps a port that it has once opened, whatever it is told: so it is kept here as well, to be used again. */
const held = new Map<number, Held>();

/**
 * Takes a UDP port for good, 0 for a free one. From then on the library finds its socket there for each offer and opens
 * none, which it could fail at: it answers such a failure with the end of the process.
 * @throws EarshotError `bad-config` that names the port and what to do, when it cannot be had.
 */
export async function holdMediaPort(wanted: number, address?: string): Promise<MediaPort> {
  for (let left = wanted === 0 ? TRIES : 1; ; left -= 1) {
    const port =
      wanted === 0
        ? await freeUdpPort(address).catch((cause: Error) => {
            throw new EarshotError('bad-config', `No UDP port is available: ${cause.message}`, { cause });
          })
        : wanted;
    const before = held.get(port);
    const trouble =
      before === undefined
        ? await udpPortTrouble(port, address)
        : before.used
          ? `UDP port ${port} cannot be used: this process has it already`
          : undefined;
    const failed = trouble ?? (before ? undefined : take(port, address));
    const now = held.get(port);
    if (failed === undefined && now) {
      now.used = true;
      return {
        port,
        trouble: () => heldTrouble(port, address),
        [Symbol.dispose]() {
          now.used = false;
        },
      };
    }
    if (left <= 1) throw new EarshotError('bad-config', failed);
  }
}

function take(port: number, address: string | undefined): string | undefined {
  try {
    const { IceUdpMuxListener } = datachannel;
    // It would print a line, and wait until it is read, for each datagram of a stranger that is none.
    datachannel.initLogger('Fatal', () => undefined);
    const listener =
      address === undefined ? new IceUdpMuxListener(port) : new IceUdpMuxListener(port, address);
    held.set(port, { listener, used: false });
    return undefined;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return `UDP port ${port} cannot be used: ${why}. Stop what has it, or choose another: --udp-port`;
  }
}

/** Whether somebody still has the port, in words when not: while the library has its socket, nobody else can have it. */
export async function heldTrouble(port: number, address?: string): Promise<string | undefined> {
  const free = (await udpPortTrouble(port, address)) === undefined;
  return free ? `port ${port} is no longer open: speakers cannot connect, restart this process` : undefined;
}
