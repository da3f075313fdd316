/**
 * Time and memory of a fit by the number of its prompts: a model of 3 layers and prompts of few tokens, so that what is
 * around the model shows. Prints a JSON line for each size: phases in seconds, processor seconds and peak memory of the
 * model's process. Reads /proc, so Linux only; needs `npm run build`.
 *
 *   npx tsx test/bench/scale.ts [1000 10000 100000]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyWorkspace } from '../worker/tiny-workspace.ts';

interface PhaseTime {
  readonly phase: string;
  readonly seconds: number;
}

const given = process.argv.slice(2).map(Number);
for (const prompts of given.length > 0 ? given : [1_000, 10_000, 100_000]) {
  const root = mkdtempSync(join(tmpdir(), 'alphasteer-scale-'));
  try {
    writeTinyWorkspace(root, prompts);
    const start = performance.now();
    const child = spawn(process.execPath, ['dist/cli.js', 'fit', root, '--json', '--threads', '1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part));
    let used = { processor: 0, peakMegabytes: 0 };
    const watch = setInterval(() => (used = usedBy(childOf(child.pid!)) ?? used), 200);
    const [status] = (await once(child, 'close')) as [number | null];
    clearInterval(watch);
    if (stdout === '') throw new Error(`The fit of ${prompts} prompts ended with status ${status ?? 'none'}.`);
    const { seconds } = JSON.parse(stdout) as { seconds: readonly PhaseTime[] };
    const phases = Object.fromEntries(seconds.map(({ phase, seconds }) => [phase, Math.round(seconds * 10) / 10]));
    console.log(
      JSON.stringify({ prompts, seconds: Math.round((performance.now() - start) / 100) / 10, ...used, phases }),
    );
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** The process that `parent` started. */
function childOf(parent: number): number | undefined {
  const children = readdirSync(`/proc/${parent}/task`).flatMap((task) =>
    readFileSync(`/proc/${parent}/task/${task}/children`, 'utf8').trim().split(' '),
  );
  return children.map(Number).find((pid) => pid > 0);
}

/** Processor seconds and the highest resident memory until now; undefined when it is gone. */
function usedBy(pid: number | undefined): { processor: number; peakMegabytes: number } | undefined {
  if (pid === undefined) return undefined;
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .split(') ')[1]!
      .split(' ')
      .slice(11, 13)
      .map(Number);
    const [, peak] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
    return { processor: (user! + system!) / 100, peakMegabytes: Math.round(Number(peak) / 1000) };
  } catch {
    return undefined;
  }
}
