import { ms } from '../base/time.ts';
import { oneOf, rateOrAuto, setting, size, urls, yesNo } from './setting.ts';

/** How listeners are sent to, and how much; in the manual they stand together. */
export const sendingSettings = {
  ioUring: setting(
    {
      unit: 'yes or no',
      default: 'yes',
      change: 'restart',
      reason:
        'Writes to many listeners in one call to the kernel (Linux io_uring) where that is available: a tenth to a seventh less CPU. With `no`, or on a system without it, each write is a call of its own.',
    },
    yesNo,
  ),
  lightTls: setting(
    {
      unit: 'yes or no',
      default: 'yes',
      change: 'restart',
      reason:
        "Once a stream over TLS 1.3 is running, keeps its key instead of OpenSSL's whole connection: half the memory per listener, and less CPU. With `no`, or with a Node that does not expose its OpenSSL, the whole connection is kept.",
    },
    yesNo,
  ),
  backlogLimit: setting(
    {
      unit: 'size, 64kB to 64MB',
      default: '512kB',
      change: 'restart',
      reason:
        'How much sound a listener may leave unread before the connection is closed (players come back by themselves). More forgives longer stalls but costs memory per stalled listener.',
    },
    size('64kB', '64MB'),
  ),
  writePeriod: setting(
    {
      unit: '320ms, 640ms, 1280ms or 2560ms',
      default: '320ms',
      change: 'restart',
      reason:
        'How often a door writes to each listener. A longer period costs less per listener, and everyone hears the room that much later.',
    },
    oneOf(['320ms', '640ms', '1280ms', '2560ms']).transform((text) => ms(Number.parseInt(text, 10))),
  ),
  egressLimit: setting(
    {
      unit: '1Mbit/s to 1000Gbit/s, or auto',
      default: 'auto',
      change: 'restart',
      reason:
        'What this machine may send to listeners, all doors together; at 90 % of it the ladder goes up a level. Set it where the network carries less than the network card could, or where you pay for the peak. auto learns it from connections that fill up.',
    },
    rateOrAuto('1Mbit/s', '1000Gbit/s'),
  ),
  caches: setting(
    {
      unit: 'list of http or https URLs',
      default: '',
      change: 'restart',
      reason:
        'HTTP caches in front that fetch segments from this server. From level 2 of the ladder on, new listeners are sent to them.',
    },
    urls,
  ),
};
