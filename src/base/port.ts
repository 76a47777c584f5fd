/** True on systems where several processes can listen on one port (SO_REUSEPORT with balancing). Spec: socket(7). */
export const sharesPorts: boolean = ['linux', 'freebsd', 'sunos', 'aix'].includes(process.platform);
