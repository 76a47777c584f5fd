import type { CountedRequest } from '../clients/client-counting.ts';
import type { TargetKind } from '../clients/target-kind.ts';

/** A finished request as a door counts it. The object may be used again. */
export interface SummarisedRequest extends CountedRequest {
  /** The client's, as text: that of the peer, or what a listed proxy has said. */
  readonly address: string;
  readonly agent: string;
  /** What the server's own address is for; undefined where there is none of that name. */
  readonly asks?: TargetKind | undefined;
  /** What the address is called in what is published: its pattern. */
  readonly name?: string | undefined;
  /** Ms from the first byte to the last. */
  readonly duration: number;
  /** Ms of this process's work; undefined: an estimate by kind. */
  readonly work?: number | undefined;
}

/** A client whose stream runs. */
export interface HeardStream {
  /** The client's row, which stays its own while it hears; −1 where there was no room. */
  readonly row: number;
}
