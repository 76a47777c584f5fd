/**
 * The bus: one process publishes, many subscribe. A subscriber that connects later first gets a greeting with
 * everything it must know.
 */
export type { BusInlet, BusOutlet, Greeting, Subscriber } from './ends.ts';
export { memoryBus } from './memory.ts';
export { listenSocket, subscribeSocket } from './socket.ts';
