/** Attackers in a process of their own: started, watched, and asked what they did. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What attackers did. */
export interface Attackers {
  readonly seconds: number;
  readonly requests: number;
  readonly open: number;
  readonly opened: number;
  /** For how long the server let their connections stay, ms: the middle, 95 % and 99 %; null: it closed none. */
  readonly held: readonly (number | null)[];
  readonly answers: Readonly<Record<string, number>>;
}

const PROGRAM = fileURLToPath(new URL('./attacker.ts', import.meta.url));
const PATIENCE_MS = 20_000;

/** A process of attackers. */
export class AttackerProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<string>;
  #out = '';
  #problem = '';

  /** `words`: see `attacker.ts`. */
  constructor(words: readonly string[]) {
    this.#child = spawn(process.execPath, [PROGRAM, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.on('data', (chunk) => (this.#out += chunk));
    this.#child.stderr?.on('data', (chunk) => (this.#problem = (this.#problem + chunk).slice(-4_000)));
    // From the first moment on: whoever asks after the end is told at once.
    this.#closed = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(`was not started: ${error.message}`));
      this.#child.once('close', (code, signal) => resolve(`ended with ${signal ?? code}`));
    });
  }

  /** Ends them; what they did, or why nobody can say. */
  async end(): Promise<Attackers | string> {
    this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), PATIENCE_MS);
    const how = await this.#closed;
    clearTimeout(kill);
    try {
      return JSON.parse(this.#out) as Attackers;
    } catch {
      if (this.#problem !== '') console.error(this.#problem);
      return `the attackers' process ${how}`;
    }
  }
}
