/**
 * How fast this is beside its peers: the same prompts, weights, precision and threads, in turn, several rounds. Prints each
 * peer's time as a multiple of ours, median and range over the rounds, on the clock and in processor seconds. The first
 * round finds each peer's best batch size and does not count. Other work on the machine slows all of them, so only ratios tell.
 *
 *   npm run bench -- [--parts activations,solve,replies] [--prompts 250] [--rounds 3] [--threads 2] [--new-tokens 64]
 *                    [--batches 16,32,64] [--solve 576,2048]
 *
 * The batches are PyTorch's to choose from; transformers.js gives the same tokens only one prompt at a time.
 *
 * PyTorch's part needs a Python with torch, transformers, onnx and numpy: name it in PYTHON.
 */
import './no-reports.ts';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { evenly } from '../../src/core/evenly-spaced.ts';
import { quantile } from '../../src/core/stats/quantile.ts';
import { openModel } from '../../src/worker/model/model.ts';
import { quickstart, quickstartModel } from '../worker/agreement/quickstart.ts';
import { startPeer, type Peer } from './peers/peer.ts';
import type { Done, Task } from './peers/task.ts';

const { values: flags } = parseArgs({
  options: {
    parts: { type: 'string', default: 'activations,solve,replies' },
    prompts: { type: 'string', default: '250' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    'new-tokens': { type: 'string', default: '64' },
    batches: { type: 'string', default: '16,32,64' },
    solve: { type: 'string', default: '576,2048' },
  },
});
const parts = flags.parts.split(',');
const batches = flags.batches.split(',').map(Number);
/** The layers that a fit of the quickstart tries. */
const layers = [8, 10, 12, 14, 16, 18, 20, 22, 24];

const python = process.env['PYTHON'] ?? 'python3';
try {
  execFileSync(python, ['-c', 'import torch, transformers, onnx, numpy'], { stdio: 'pipe' });
} catch {
  console.error(`${python} has no torch, transformers, onnx and numpy: name a Python that has in PYTHON.`);
  process.exit(1);
}

/** One side of a comparison: a peer, and what it is asked to do at a batch size. */
interface Side {
  readonly name: string;
  readonly peer: Peer;
  readonly task: (batch: number) => Task;
  /** Batch sizes to choose from; one where it chooses itself, or has none. */
  readonly batches: readonly number[];
}

/** Ours first. */
async function compare(
  title: string,
  sides: readonly Side[],
  agree: (ours: Done, theirs: Done) => string,
): Promise<void> {
  console.log(`\n${title}`);
  const best: { batch: number; done: Done }[] = [];
  for (const side of sides) {
    const tried: { batch: number; done: Done }[] = [];
    for (const batch of side.batches) tried.push({ batch, done: await side.peer.run(side.task(batch)) });
    best.push(tried.reduce((a, b) => (b.done.processor < a.done.processor ? b : a)));
  }
  const rounds: Done[][] = sides.map(() => []);
  for (let round = 0; round < Number(flags.rounds); round++)
    for (const [i, side] of sides.entries()) rounds[i]!.push(await side.peer.run(side.task(best[i]!.batch)));

  for (const [i, side] of sides.entries()) {
    const batch = side.batches.length > 1 ? `, batch ${best[i]!.batch}` : '';
    const seconds = spread(rounds[i]!.map(({ seconds }) => seconds));
    const processor = spread(rounds[i]!.map(({ processor }) => processor));
    const line = `${side.name}${batch}`.padEnd(42) + `${seconds} s, processor ${processor} s`;
    if (i === 0) {
      console.log(line);
      continue;
    }
    const ratio = (what: 'seconds' | 'processor'): string =>
      spread(rounds[i]!.map((done, round) => done[what] / rounds[0]![round]![what]));
    console.log(
      `${line}\n${' '.repeat(42)}ours is ${ratio('seconds')} times as fast, by processor time ${ratio('processor')}`,
    );
    console.log(`${' '.repeat(42)}${agree(best[0]!.done, best[i]!.done)}`);
  }
}

function spread(values: readonly number[]): string {
  const show = (value: number): string => value.toPrecision(3);
  return `${show(quantile(values, 0.5))} (${show(Math.min(...values))}-${show(Math.max(...values))})`;
}

const difference = (ours: Done, theirs: Done): string => {
  const off = ours.numbers!.map((x, i) => x - theirs.numbers![i]!);
  return `numbers differ by ${(Math.hypot(...off) / Math.hypot(...theirs.numbers!)).toExponential(1)} of their norm`;
};

const sameTokens = (ours: Done, theirs: Done): string =>
  `${ours.tokens!.filter((row, i) => row.join() === theirs.tokens![i]!.join()).length} of ${ours.tokens!.length} replies are the same, token for token`;

const model = await openModel({ path: quickstartModel, dtype: 'q4', device: 'cpu', threads: Number(flags.threads) });
/** So many of the quickstart's fit prompts, each file's share of them, as tokens. */
const all = ['benign', 'borderline', 'harmful', 'jailbreak'].flatMap((name) =>
  readFileSync(join(quickstart, 'prompts', `${name}.jsonl`), 'utf8')
    .trim()
    .split('\n'),
);
const ids = evenly(all, Number(flags.prompts)).map(
  (line) => model.tokenizer.encode((JSON.parse(line) as { prompt: string }).prompt).ids,
);

const here = import.meta.dirname;
const tsx = join(here, '../../node_modules/tsx/dist/cli.mjs');
const torch = await startPeer(python, join(here, 'peers/pytorch.py'), quickstartModel, flags.threads);
const temporary = mkdtempSync(join(tmpdir(), 'alphasteer-bench-'));
const bundle = join(here, '../../dist/bench/ours.mjs');
await build({
  entryPoints: [join(here, 'peers/ours.ts')],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  mainFields: ['module', 'main'],
  external: ['onnxruntime-node'],
  banner: { js: "import { createRequire as of } from 'node:module';\nconst require = of(import.meta.url);" },
});
const ours = await startPeer(process.execPath, bundle, quickstartModel, flags.threads);
try {
  if (parts.includes('activations')) {
    const task =
      (method: 'reference' | 'truncated') =>
      (batch: number): Task => ({ task: 'activations', method, ids, layers, batch });
    await compare(
      `Activations: ${ids.length} of the quickstart's fit prompts, layers ${layers.join(', ')}, ${flags.threads} threads`,
      [
        { name: 'ours, int4 in f32', peer: ours, task: task('truncated'), batches: [0] },
        { name: 'PyTorch as published, f32', peer: torch, task: task('reference'), batches },
        { name: 'PyTorch truncated and sorted, f32', peer: torch, task: task('truncated'), batches },
      ],
      difference,
    );
  }
  if (parts.includes('solve')) {
    for (const d of flags.solve.split(',').map(Number)) {
      const rows = { benign: 2 * d, malicious: d };
      const file = join(temporary, `${d}.f32`);
      writeFileSync(file, new Uint8Array(activationsLike(rows.benign + rows.malicious, d).buffer));
      const task = (): Task => ({
        task: 'solve',
        file,
        d,
        benign: rows.benign,
        refused: d >> 1,
        ratio: 0.5,
        ridge: 10,
      });
      await compare(
        `Fit of one layer, d = ${d}, ${rows.benign} benign and ${rows.malicious} malicious prompts`,
        [
          { name: 'ours, f64', peer: ours, task, batches: [0] },
          { name: 'PyTorch as published, f64', peer: torch, task, batches: [0] },
        ],
        difference,
      );
    }
  }
  if (parts.includes('replies')) {
    const newTokens = Number(flags['new-tokens']);
    const some =
      (prompts: typeof ids, most: number, alone: boolean) =>
      (batch: number): Task => ({ task: 'replies', ids: prompts, newTokens: most, batch, alone });
    const task = some(ids, newTokens, false);
    const js = await startPeer(
      process.execPath,
      tsx,
      join(here, 'peers/transformers-js.ts'),
      quickstartModel,
      flags.threads,
    );
    await compare(
      `Replies: ${ids.length} prompts, ${newTokens} new tokens at most, ${flags.threads} threads`,
      [
        { name: 'ours, int4 in f32', peer: ours, task, batches: [0] },
        { name: 'transformers.js, the same files, batch 1', peer: js, task, batches: [1] },
        { name: 'PyTorch generate, f32', peer: torch, task, batches },
      ],
      sameTokens,
    );
    const first = some(evenly(ids, 40), 1, true);
    await compare(
      `First token: ${evenly(ids, 40).length} prompts, one after the other, ${flags.threads} threads`,
      [
        { name: 'ours, int4 in f32', peer: ours, task: first, batches: [0] },
        { name: 'transformers.js, the same files', peer: js, task: first, batches: [1] },
      ],
      sameTokens,
    );
    await js.stop();
  }
} finally {
  rmSync(temporary, { recursive: true });
  await Promise.all([ours.stop(), torch.stop()]);
}

/** Rows whose directions differ in size as activations' do, by a power law: f32 [rows, d], the same every time. */
function activationsLike(rows: number, d: number): Float32Array {
  let state = 1;
  const uniform = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Float32Array.from(
    { length: rows * d },
    (_, i) => (uniform() + uniform() + uniform() - 1.5) * 20 * (1 + (i % d)) ** -0.5,
  );
}
