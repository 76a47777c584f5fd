import type { Check, Readiness } from '../base/health.ts';
import type { Ms } from '../base/time.ts';
import type { TicketNotice, TicketOrder } from '../keys/ticket-keys.ts';

/** One process to keep alive. */
export interface ChildSpec {
  /** Its name in logs and status: `door-0`, `cell-1`, `site`. */
  readonly name: string;
  readonly args: readonly string[];
  /** Plain data sent to it first, so that it need not find out for itself; see `told`. */
  readonly config?: object;
  /** Its whole environment; default: this process's. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** How long an orderly stop may take before SIGKILL. */
  readonly grace: Ms;
  /**
   * True when it answers on the public port: while no such child is up, the supervisor's static page does.
   */
  readonly serves?: true;
  /**
   * Further parts that it reports on `/readyz`, such as `database`; while it is away their state is unknown.
   */
  readonly tells?: readonly string[];
  /** Megabytes of JavaScript heap beyond which it ends itself, instead of using up the machine's memory. */
  readonly heap?: number;
  /** Bytes of memory of all kinds beyond which it is ended; default: no limit. */
  readonly memory?: number;
  /** True while it should run; looked at every second. Default: always. It must not serve. */
  wanted?(): boolean;
  /** After its death: the room that it was working on, if that is known. */
  room?(): string | undefined;
}

/** What is known of a child. */
export interface ChildState {
  readonly name: string;
  readonly pid: number | undefined;
  readonly restarts: number;
  readonly ready: boolean;
  /** Nobody wants it to run. */
  readonly asleep: boolean;
  /** Monotonic ms. */
  readonly startedAt: number;
  /** Its limit of memory, bytes. */
  readonly memory: number | undefined;
}

/** Messages from the supervisor to a child. */
export type ChildOrder =
  | { readonly order: 'config'; readonly config: object }
  | { readonly order: 'stop' }
  | { readonly order: 'ping'; readonly n: number; readonly ready?: Readiness }
  | { readonly order: 'readiness'; readonly ready: Readiness }
  | { readonly order: 'metrics'; readonly n: number }
  | TicketOrder;
/** Messages from a child to the supervisor. */
export type ChildNotice =
  | { readonly notice: 'ready' }
  | { readonly notice: 'pong'; readonly n: number; readonly checks?: readonly Check[] }
  | { readonly notice: 'metrics'; readonly n: number; readonly text: string }
  | TicketNotice;

/** Why a child was ended. */
export type EndReason = 'hung' | 'memory' | 'not-started';

/** An event in a child's life that is recorded: it ended unexpectedly, or is back after that. */
export type ProcessEvent =
  | {
      readonly event: 'died';
      readonly process: string;
      readonly pid?: number;
      readonly code: number | null;
      readonly signal: string | null;
      /** How long it had run. */
      readonly seconds: number;
      /**
       * `hung`: it no longer answered and was killed. `memory`: it held more memory than its limit. `not-started`: the
       * system refused it. Absent: it ended by itself.
       */
      readonly why?: EndReason;
      /** It had not been ready yet, so it had no rooms and no listeners. */
      readonly unready?: true;
      /** The room that it was working on, where that is known. */
      readonly room?: string;
      /** Pause before it is started again. */
      readonly retryMs: number;
    }
  | {
      readonly event: 'restarted';
      readonly process: string;
      readonly pid?: number;
      readonly restarts: number;
      /** Time from its death until it was ready again. */
      readonly seconds: number;
    };
