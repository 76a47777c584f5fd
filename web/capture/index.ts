/** Microphones, and the WHIP and WHEP sessions that carry them to the stage and back. */

export { retryDelay } from './backoff.ts';
export { act, type BackstageOptions, type FeedState, follow, isFinal, post } from './backstage.ts';
export { type CallState, openCall } from './call.ts';
export { type Device, type Devices, watchDevices } from './devices.ts';
export { isRefusal, type Refusal, refusalOf, type Token } from './exchange.ts';
export { iceServersOf } from './ice-servers.ts';
export {
  DEFAULT_MICROPHONE,
  type Microphone,
  type MicrophoneChoice,
  type MicrophoneRefusal,
  openMicrophone,
} from './microphone.ts';
export { type MicrophoneCall, openPublisher } from './publisher.ts';
export { canChooseSink, type MonitorCall, openReceiver, RECEIVE_SLOTS } from './receiver.ts';
export { keepAwake } from './wake-lock.ts';
