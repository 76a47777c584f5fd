import type { IncomingMessage } from 'node:http';
import type { Reply } from '../base/reply.ts';

/** Where what is published about incidents comes from. */
export interface PressPages {
  /** The UNIX socket on which its own process speaks HTTP. */
  readonly socketPath: string;
  /** The same from the disk, while that process is away. */
  read(path: string, headers: IncomingMessage['headers']): Promise<Reply>;
}
