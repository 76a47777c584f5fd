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
