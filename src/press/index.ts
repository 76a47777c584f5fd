/** The press: serves what was published about incidents as plain files, whatever else of the server is down. */
export { type PressRequest, pressReply } from './folder-reply.ts';
export { CHANGED_FILE, type Mirror, type MirrorDeps, type MirrorTarget, openMirror } from './mirror.ts';
export { openPressServer, type PressServer, type PressServerDeps } from './server.ts';
