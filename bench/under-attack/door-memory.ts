/** What a door holds in memory, asked by its own inspector: with and without a collection of garbage before. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from '../../e2e/rig/server.ts';

/** For the server's variables: the inspector of a process takes a free port. */
export const INSPECTED = { NODE_OPTIONS: '--inspect-port=127.0.0.1:0' };

/** MB of one process. */
export interface Memory {
  readonly resident: number;
  readonly heapUsed: number;
  /** Buffers and other memory outside the heap. */
  readonly external: number;
}

const MB = 1024 * 1024;
const FACTS = 'JSON.stringify(process.memoryUsage())';

/** Resident memory of a process, MB. Spec: proc(5). */
export const residentOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** Asks one door. */
export class DoorMemory implements Disposable {
  readonly #socket: WebSocket;
  readonly #asked = new Map<number, (result: unknown) => void>();
  #id = 0;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => {
      const { id, result } = JSON.parse(String(data)) as { id?: number; result?: unknown };
      if (id !== undefined) this.#asked.get(id)?.(result);
    });
  }

  /** Starts the inspector of a process of the server. Spec: Node.js, Debugger, SIGUSR1. */
  static async open(server: Server, pid: number): Promise<DoorMemory> {
    process.kill(pid, 'SIGUSR1');
    for (let tries = 0; tries < 100; tries += 1) {
      const url = /Debugger listening on (ws:[^\s"\\]+)/.exec(server.output())?.[1];
      if (url !== undefined) {
        const socket = new WebSocket(url);
        await new Promise((resolve, reject) => {
          socket.addEventListener('open', resolve, { once: true });
          socket.addEventListener('error', reject, { once: true });
        });
        return new DoorMemory(socket);
      }
      await pause(100);
    }
    throw new Error('the inspector of the door did not start');
  }

  /** What it holds; `collected`: after garbage was collected. */
  async look(collected: boolean): Promise<Memory> {
    if (collected) for (let i = 0; i < 3; i += 1) await this.#ask('HeapProfiler.collectGarbage', {});
    const answer = (await this.#ask('Runtime.evaluate', { expression: FACTS })) as {
      result: { value: string };
    };
    const { rss, heapUsed, external } = JSON.parse(answer.result.value);
    return { resident: rss / MB, heapUsed: heapUsed / MB, external: external / MB };
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #ask(method: string, params: object): Promise<unknown> {
    this.#id += 1;
    const id = this.#id;
    return new Promise((resolve) => {
      this.#asked.set(id, (result) => {
        this.#asked.delete(id);
        resolve(result);
      });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
}
