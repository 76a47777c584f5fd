import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { end, family, freePort, isRoot, on, reachable, type Server } from './rig.ts';
import type { StreamPlan } from './streams.ts';

/** The cipher suite and the group on which a door and the load generator agree, too. */
const secure = (folder: string): string => `
  ssl_certificate ${folder}/cert.pem; ssl_certificate_key ${folder}/key.pem; ssl_protocols TLSv1.3;
  ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256; ssl_ecdh_curve X25519;`;

/** nginx with one small file: the minimum cost of accepting and answering. It is not a stream, so nobody can stay. */
export async function openStatic(plan: StreamPlan): Promise<Server> {
  const port = await freePort();
  const { folder } = plan.workshop;
  const { certificate } = plan;
  writeFileSync(join(folder, 'sound'), Buffer.alloc(plan.bytes, 0x55));
  chmodSync(join(folder, 'sound'), 0o644);
  const config = join(folder, 'static.conf');
  writeFileSync(
    config,
    `${isRoot ? 'user nobody nogroup;' : ''}
daemon off; pid ${folder}/static.pid; error_log ${folder}/static.log crit;
worker_processes ${plan.processes}; worker_rlimit_nofile 20000;
events { worker_connections 19900; }
http {
  access_log off; tcp_nodelay on; sendfile on; keepalive_requests 1000000;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  ${certificate ? secure(certificate) : ''}
  server { listen 127.0.0.1:${port} ${certificate ? 'ssl ' : ''}backlog=4096; root ${folder}; }
}`,
  );
  const child = on(plan.cores, 'nginx', ['-c', config, '-p', folder]);
  await reachable(port);
  return { ports: [port], path: '/sound', pids: family(child.pid ?? 0), stop: () => end([child]) };
}
