import { endianness } from 'node:os';

/** The kernel's information about a connection's peer. */
export interface TcpInfo {
  /** Our bytes that the peer's kernel has acknowledged since the connection began. */
  readonly acknowledged: number;
  /** Bytes that our kernel holds for the peer: not sent yet, or sent and not acknowledged. */
  readonly held: number;
  /** Consecutive probes (of a closed window, or retransmissions) that the peer has not answered. */
  readonly unanswered: number;
  /** Time since the peer last sent anything, ms. */
  readonly silent: number;
}

/** Asks the kernel about a connection; undefined when the kernel does not answer. */
export type TcpInfoReader = (fd: number) => TcpInfo | undefined;

// Linux constants, the same on all current 64-bit systems. Spec: tcp(7), linux/tcp.h.
const IPPROTO_TCP = 6;
const TCP_INFO = 11;
/** Bytes of `struct tcp_info` up to `tcpi_notsent_bytes`, in every kernel since 4.6. */
const BYTES = 148;
const RETRANSMITS = 2;
const PROBES = 3;
const SND_MSS = 16;
const UNACKED = 24;
const LAST_ACK_RECV = 56;
const BYTES_ACKED = 120;
const NOTSENT_BYTES = 144;

/** Opens the reader, or says in words why it is not available here. */
export async function openTcpInfo(): Promise<TcpInfoReader | string> {
  if (process.platform !== 'linux' || endianness() !== 'LE') return 'this system is not Linux';
  let ask: (fd: number, level: number, name: number, value: Buffer, length: Uint32Array) => number;
  try {
    const { default: koffi } = await import('koffi');
    ask = koffi.load('libc.so.6').func('int getsockopt(int, int, int, void *, void *)');
  } catch (error) {
    return `the package koffi does not work here (${error instanceof Error ? error.message : error})`;
  }
  const value = Buffer.alloc(256);
  const length = new Uint32Array(1);
  return (fd) => {
    if (fd < 0) return undefined;
    length[0] = value.length;
    if (ask(fd, IPPROTO_TCP, TCP_INFO, value, length) !== 0 || (length[0] ?? 0) < BYTES) return undefined;
    return {
      acknowledged: Number(value.readBigUInt64LE(BYTES_ACKED)),
      held: value.readUInt32LE(NOTSENT_BYTES) + value.readUInt32LE(UNACKED) * value.readUInt32LE(SND_MSS),
      unanswered: Math.max(value.readUInt8(RETRANSMITS), value.readUInt8(PROBES)),
      silent: value.readUInt32LE(LAST_ACK_RECV),
    };
  };
}
