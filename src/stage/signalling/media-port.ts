import datachannel from 'node-datachannel';
import { EarshotError } from '../../base/errors.ts';
import { freeUdpPort, udpPortTrouble } from '../../base/udp-port.ts';

/** Attempts to get a free port: another program may take one between finding and opening it. */
const TRIES = 5;

/**
 * The UDP port of a stage, held until the process ends. Disposing makes it available to another stage of this process.
 */
export interface MediaPort extends Disposable {
  readonly port: number;
  /** Why speakers cannot reach the stage through the port, in a few words; undefined when the socket works. */
  trouble(): Promise<string | undefined>;
}

interface Held {
  /** Kept, because garbage collection would release the port. */
  readonly listener: datachannel.IceUdpMuxListener;
  used: boolean;
}

/** The library never releases a port that it has opened, so the port is kept here as well, for reuse. */
const held = new Map<number, Held>();

/**
 * Takes a UDP port until the process ends; 0 takes a free one. The library then uses its existing socket for each
 * offer. It need not open another one, which could fail, and the library ends the process on such a failure.
 * @throws EarshotError `bad-config` that names the port and what to do, when the port is not available.
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
    // The library would print a line for each invalid datagram from a stranger, and block until the line is read.
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

/**
 * Why the port does not work, in words; undefined when it does. While the library has its socket, nobody else can bind
 * it.
 */
export async function heldTrouble(port: number, address?: string): Promise<string | undefined> {
  const free = (await udpPortTrouble(port, address)) === undefined;
  return free ? `port ${port} is no longer open: speakers cannot connect, restart this process` : undefined;
}
