/** A reporter of vitest: writes which tests were green only when they were tried again within one run, as JSON. */
import { writeFileSync } from 'node:fs';

/** Where it writes: the path that stands in this variable of the environment. */
export const RETRIED_FILE = 'RETRIED_TESTS_FILE';

export default class Retried {
  onTestRunEnd(testModules) {
    const list = [];
    for (const { moduleId, children } of testModules)
      for (const test of children.allTests()) {
        const retries = test.diagnostic()?.retryCount ?? 0;
        if (retries > 0 && test.result().state === 'passed')
          list.push({ file: moduleId, title: test.fullName, tries: retries + 1 });
      }
    const path = process.env[RETRIED_FILE];
    if (path) writeFileSync(path, JSON.stringify(list));
  }
}
