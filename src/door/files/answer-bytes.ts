/** Where the status of an answer begins. */
const STATUS_AT = 'HTTP/1.1 '.length;
const CLOSE = Buffer.from('connection: close\r\n');
const ZERO = 0x30;

/** The status of an answer that begins in `bytes`. */
export const statusOf = (bytes: Buffer): number =>
  ((bytes[STATUS_AT] ?? ZERO) - ZERO) * 100 +
  ((bytes[STATUS_AT + 1] ?? ZERO) - ZERO) * 10 +
  ((bytes[STATUS_AT + 2] ?? ZERO) - ZERO);

/** An answer with `connection: close` added behind its status line. Spec: RFC 9112, 9.6. */
export function withClose(bytes: Buffer): Buffer {
  const line = bytes.indexOf('\r\n') + 2;
  return Buffer.concat([bytes.subarray(0, line), CLOSE, bytes.subarray(line)]);
}
