/** Requests of one network that another process answers at one time; a page of ours has one or two. */
const MOST_OF_NETWORK = 24;
/** Of all networks. */
const MOST = 256;

/** Limits the requests that are being forwarded to other processes of this machine. */
export interface InFlight {
  /** One more; undefined when there are too many. An unknown network, such as this machine, counts with all. */
  begin(network: string | undefined): Disposable | undefined;
}

/** Opens the limit. So that one network cannot make the others wait, requests beyond its part are refused at once. */
export function openInFlight(): InFlight {
  const networks = new Map<string, number>();
  let all = 0;
  return {
    begin(network) {
      const count = network === undefined ? 0 : (networks.get(network) ?? 0);
      if (all >= MOST || count >= MOST_OF_NETWORK) return undefined;
      all += 1;
      if (network !== undefined) networks.set(network, count + 1);
      let over = false;
      return {
        [Symbol.dispose]() {
          if (over) return;
          over = true;
          all -= 1;
          if (network === undefined) return;
          const left = (networks.get(network) ?? 1) - 1;
          if (left > 0) networks.set(network, left);
          else networks.delete(network);
        },
      };
    },
  };
}
