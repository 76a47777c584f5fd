/** One member of a tar archive. */
export interface TarMember {
  readonly name: string;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
}

/** Everything in a tar archive is a multiple of this. */
export const BLOCK = 512;
/** How many zero bytes follow so many bytes of a member. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

/** A name as prefix and rest, divided at a slash; undefined when it does not fit. */
function split(name: string): [string, string] | undefined {
  if (Buffer.byteLength(name) <= 100) return ['', name];
  for (let at = name.indexOf('/'); at > 0; at = name.indexOf('/', at + 1)) {
    const [prefix, rest] = [name.slice(0, at), name.slice(at + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(rest) <= 100) return [prefix, rest];
  }
  return undefined;
}

/** The name and kind of a header whose data is the long name of the next member. Spec: GNU tar, basic format. */
const LONG_NAME = '././@LongLink';
/** How long the head of a member with that name is, in bytes. */
export const headLength = (name: string): number =>
  split(name) ? BLOCK : 2 * BLOCK + Buffer.byteLength(name) + 1 + paddingOf(Buffer.byteLength(name) + 1);

/**
 * The head of a member. Spec: POSIX.1-2017, pax, ustar interchange format; longer names and sizes of 8 GiB on as in
 * GNU tar.
 */
export function headOf(member: TarMember, at: number): Buffer {
  const { name } = member;
  const parts = split(name);
  if (parts) return headerOf(parts, member, at, '0');
  const text = Buffer.alloc(headLength(name) - 2 * BLOCK);
  text.write(name, 'utf8');
  const size = Buffer.byteLength(name) + 1;
  return Buffer.concat([
    headerOf(['', LONG_NAME], { name, size, mode: 0o644 }, at, 'L'),
    text,
    headerOf(['', name.slice(0, 40)], member, at, '0'),
  ]);
}

function headerOf(
  [prefix, rest]: [string, string],
  { size, mode }: TarMember,
  at: number,
  kind: string,
): Buffer {
  const header = Buffer.alloc(BLOCK);
  header.write(rest, 0, 100, 'utf8');
  header.write(octal(mode & 0o777, 8), 100, 'latin1');
  header.write(octal(0, 8), 108, 'latin1');
  header.write(octal(0, 8), 116, 'latin1');
  if (size < 8 ** 11) header.write(octal(size, 12), 124, 'latin1');
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write(octal(Math.floor(at / 1000), 12), 136, 'latin1');
  header.write('        ', 148, 'latin1');
  header.write(kind, 156, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  header.write(prefix, 345, 155, 'utf8');
  header.write(`${octal(sumOf(header), 7)} `, 148, 'latin1');
  return header;
}

const sumOf = (header: Buffer): number => {
  let sum = 0;
  for (let i = 0; i < BLOCK; i += 1) sum += i >= 148 && i < 156 ? 32 : (header[i] ?? 0);
  return sum;
};
const textOf = (header: Buffer, from: number, most: number): string => {
  const end = header.indexOf(0, from);
  return header.toString('utf8', from, end < 0 || end > from + most ? from + most : end);
};

/** True for a header whose data is the name of the next member. */
export const isLongName = (header: Buffer): boolean => header[156] === 0x4c;

/** The member that a header describes; undefined at the end of the archive. @throws when it is no header. */
export function memberOf(header: Buffer): TarMember | undefined {
  if (header.length < BLOCK) throw new Error('it ends in the middle');
  if (header.every((byte) => byte === 0)) return undefined;
  if (Number.parseInt(textOf(header, 148, 8), 8) !== sumOf(header))
    throw new Error('it has other bytes inside');
  const prefix = textOf(header, 345, 155);
  const rest = textOf(header, 0, 100);
  const size =
    header[124] === 0x80 ? Number(header.readBigUInt64BE(128)) : Number.parseInt(textOf(header, 124, 12), 8);
  if (!Number.isSafeInteger(size)) throw new Error('it has other bytes inside');
  const mode = Number.parseInt(textOf(header, 100, 8), 8) & 0o777;
  return { name: prefix ? `${prefix}/${rest}` : rest, size, mode };
}
