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

/** Bytes that our kernel holds for a peer: not sent yet, or not acknowledged; 0 when it does not answer. */
export type SendQueueReader = (fd: number) => number;

/** Spec: tcp(7). The same on all 64-bit systems but MIPS, PowerPC and SPARC, for which there is no Node. */
const SIOCOUTQ = 0x5411;

/** Opens the query for this one number, which takes half a µs; or says in words why it is not available here. */
export async function openSendQueue(): Promise<SendQueueReader | string> {
  if (process.platform !== 'linux') return 'this system is not Linux';
  if (!['x64', 'arm64', 'riscv64', 'loong64'].includes(process.arch))
    return `the number of the question is not known for ${process.arch}`;
  try {
    const { default: koffi } = await import('koffi');
    const ask: (fd: number, request: number, value: Int32Array) => number = koffi
      .load('libc.so.6')
      .func('int ioctl(int, ulong, void *)');
    const value = new Int32Array(1);
    return (fd) => (fd >= 0 && ask(fd, SIOCOUTQ, value) === 0 ? Math.max(0, value[0] ?? 0) : 0);
  } catch (error) {
    return `the package koffi does not work here (${error instanceof Error ? error.message : error})`;
  }
}
