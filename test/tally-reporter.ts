import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

/** A test as it ended. */
export interface Tallied {
  /** Relative to the root, with `/`. */
  readonly file: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped, as the test says. */
  readonly note?: string;
  readonly milliseconds: number;
}

/** Leaves how each test of a run ended, for the count at the end of `npm test`. */
export default class TallyReporter implements Reporter {
  readonly #file: string;

  constructor({ outputFile }: { readonly outputFile: string }) {
    this.#file = outputFile;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...tallied(module)]);
    mkdirSync(dirname(this.#file), { recursive: true });
    writeFileSync(this.#file, JSON.stringify(tests));
  }
}

function* tallied(module: TestModule): Generator<Tallied> {
  const file = relative('.', module.moduleId).replaceAll('\\', '/');
  for (const test of module.children.allTests()) {
    const result = test.result();
    const state = result.state === 'pending' ? 'failed' : result.state; // cut off before it came to its end
    const note = result.state === 'skipped' && result.note !== undefined ? { note: result.note } : {};
    yield { file, name: test.fullName, state, ...note, milliseconds: test.diagnostic()?.duration ?? 0 };
  }
  // What fails outside of a test, as a file that does not load, is a failure of its own.
  if (module.state() === 'failed' && [...module.children.allTests('failed')].length === 0)
    yield { file, name: module.errors()[0]?.message ?? 'did not come to its end', state: 'failed', milliseconds: 0 };
}
