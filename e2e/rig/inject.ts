import { fileURLToPath } from 'node:url';

const LIST = 'http://127.0.0.1:9229/json/list';

/**
 * Runs JavaScript inside a running process of ours, through Node's own inspector; so the product needs no hooks for
 * faults.
 */
export async function inject(pid: number, code: string): Promise<void> {
  process.kill(pid, 'SIGUSR1');
  // Delayed, so that the answer returns before the process is permanently busy.
  const expression = `process.pid === ${pid} && (setTimeout(() => { ${code} }, 50), true)`;
  const end = Date.now() + 10_000;
  while (!(await evaluate(expression).catch(() => false))) {
    if (Date.now() > end) throw new Error(`process ${pid} opened no inspector on port 9229`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether the process at the inspector's port evaluates the expression to `true`. */
async function evaluate(expression: string): Promise<boolean> {
  const [target] = (await (await fetch(LIST)).json()) as { webSocketDebuggerUrl: string }[];
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  try {
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = reject;
    });
    const said = new Promise<string>((resolve) => {
      socket.onmessage = ({ data }) => resolve(String(data));
    });
    const params = { expression, returnByValue: true };
    socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
    return (
      (JSON.parse(await said) as { result?: { result?: { value?: unknown } } }).result?.result?.value === true
    );
  } finally {
    socket.close();
  }
}

const sourceOf = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url));

/**
 * What makes a room its cell's death, for `inject`: a method that the cell calls once a second in the room's work does
 * `fault` when the work is that of this room. The product has no hook for it: Node's inspector replaces the method.
 */
export const poison = (data: string, cell: number, slug: string, fault: string): string => `
  const need = process.getBuiltinModule('node:module').createRequire('/poison/');
  const { readMark } = need(${JSON.stringify(sourceOf('role/studio/room-marks.ts'))});
  const { RoomSound } = need(${JSON.stringify(sourceOf('role/studio/room-sound.ts'))});
  const { select } = RoomSound.prototype;
  RoomSound.prototype.select = function () {
    if (readMark(${JSON.stringify(`${data}/run/cell-${cell}.marks`)}) === ${JSON.stringify(slug)}) { ${fault} }
    return select.call(this);
  };`;
