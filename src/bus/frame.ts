import type { Message, MessageHead } from '../wire/feed.ts';

/** A larger frame comes from a broken peer and is not a message. */
export const MAX_FRAME_BYTES = 8 << 20;

/** A message as bytes: u32 length of the rest, u32 length of the head, head as JSON, body. Big-endian. */
export function encodeFrame(message: Message): Buffer {
  const head = Buffer.from(JSON.stringify(message.head));
  const frame = Buffer.allocUnsafe(8 + head.length + message.body.length);
  frame.writeUInt32BE(4 + head.length + message.body.length, 0);
  frame.writeUInt32BE(head.length, 4);
  head.copy(frame, 8);
  frame.set(message.body, 8 + head.length);
  return frame;
}

/** Splits a byte stream into messages. `push` throws on a frame that no peer of ours would send. */
export class FrameReader {
  #pending: Buffer[] = [];
  #length = 0;

  *push(chunk: Buffer): Generator<Message> {
    this.#pending.push(chunk);
    this.#length += chunk.length;
    for (;;) {
      if (this.#length < 4) return;
      const [first] = this.#pending;
      // Only the length is read until the frame is complete: joining at every chunk would copy a large frame many
      // times.
      const total = (first && first.length >= 4 ? first : this.#join()).readUInt32BE(0);
      if (total < 4 || total > MAX_FRAME_BYTES) throw new RangeError(`frame of ${total} bytes`);
      if (this.#length < 4 + total) return;
      const bytes = this.#join();
      const headLength = bytes.readUInt32BE(4);
      if (headLength > total - 4) throw new RangeError(`head of ${headLength} bytes in a frame of ${total}`);
      const head = JSON.parse(bytes.toString('utf8', 8, 8 + headLength)) as MessageHead;
      const body = bytes.subarray(8 + headLength, 4 + total);
      const rest = bytes.subarray(4 + total);
      this.#pending = rest.length > 0 ? [rest] : [];
      this.#length = rest.length;
      yield { head, body };
    }
  }

  #join(): Buffer {
    const [only] = this.#pending;
    if (only && this.#pending.length === 1) return only;
    const joined = Buffer.concat(this.#pending, this.#length);
    this.#pending = [joined];
    return joined;
  }
}
