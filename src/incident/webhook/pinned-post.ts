import { type FindAddresses, open } from '../../outgoing/index.ts';

/** What is sent to an address that somebody has configured. */
export interface PinnedPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer's status, or why there was none. */
export type PostOutcome = { readonly status: number } | { readonly refused: string };

/**
 * Sends a POST to an address that the operator has configured: names of private networks are refused, unless the operator
 * has written the address itself, or `localhost`; see `outgoing`. Never rejects.
 */
export async function pinnedPost(post: PinnedPost, find?: FindAddresses): Promise<PostOutcome> {
  using way = open(find ? { find } : {});
  const answer = await way.fetch({ ...post, method: 'POST', reads: false, written: true });
  return 'refused' in answer ? { refused: answer.refused } : { status: answer.status };
}
