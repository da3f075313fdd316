/**
 * What steering costs a prefill and a decoding step: processor time of sessions with the nodes of steering, the rows steered,
 * as a multiple of those of sessions without. Rows share no tokens on either side. Sessions of the same graph differ by a
 * few percent by where their memory came to lie, so pairs of them are opened anew, and a pair's steps are taken in turn, one
 * by one. Mean and median are over the pairs, with intervals (95 %): Student's, and of order statistics, which a few pairs that
 * other work on the machine came between do not widen. Beside them, and free of such noise, the part of the time that
 * onnxruntime's own profile gives to the nodes of steering.
 *
 *   npx tsx test/bench/steering.ts [--rows 1,16] [--pairs 16] [--rounds 3] [--steps 12] [--threads 1]
 */
import './no-reports.ts';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { evenly } from '../../src/core/evenly-spaced.ts';
import { instrument } from '../../src/core/onnx/instrument.ts';
import { quantile } from '../../src/core/stats/quantile.ts';
import { emptyPast, openCache } from '../../src/worker/session/kv-cache.ts';
import { openModel } from '../../src/worker/model/model.ts';
import { packedFeeds, packedStep } from '../../src/worker/session/packed-prompts.ts';
import { stepFeeds } from '../../src/worker/session/prompt-feeds.ts';
import { SteeringFeeds } from '../../src/worker/session/steering-feeds.ts';
import { quickstart, quickstartModel } from '../worker/agreement/quickstart.ts';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string', default: '1,16' },
    pairs: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '3' },
    steps: { type: 'string', default: '12' },
    threads: { type: 'string', default: '1' },
  },
});
const pairs = Number(flags.pairs);
const steps = Number(flags.steps);
const normal = 1.96;
/** Student's t at 97.5 %, by the first term of its series in the degrees of freedom: for 15 of them 2.12 instead of 2.13. */
const t = normal + (normal ** 3 + normal) / (4 * (pairs - 1));
/** What a fit of the quickstart steers. */
const steered = [14, 16, 18];

const threads = Number(flags.threads);
const model = await openModel({ path: quickstartModel, dtype: 'q4', device: 'cpu', threads });
const spread = new Float32Array(steered.length * model.hiddenSize).fill(0.01);
const everywhere = new Float32Array(steered.length).fill(-Infinity);
const steering = new SteeringFeeds({ w: spread, r: spread, thresholds: everywhere }, model.hiddenSize);
const lines = readFileSync(join(quickstart, 'prompts/harmful.jsonl'), 'utf8').trim().split('\n');

interface Cost {
  readonly prefill: number;
  readonly step: number;
}

async function open(layers: readonly number[], profile?: string): Promise<InferenceSession> {
  const options = {
    steered: layers,
    taps: [14],
    logits: 'last',
    cache: true,
    decoding: 'newest',
    packed: true,
  } as const;
  return await InferenceSession.create(instrument(model.graph, model.folder.graph, options).bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    ...(profile !== undefined && { enableProfiling: true, profileFilePrefix: profile }),
    extra: { session: { model_external_initializers_file_folder_path: dirname(model.folder.graph) } },
  });
}

/** A prefill and the steps after it, each of which gives its processor milliseconds. */
async function* run(
  session: InferenceSession,
  prompts: readonly (readonly number[])[],
): AsyncGenerator<number, undefined> {
  const rows = prompts.length;
  const lengths = prompts.map(({ length }) => length);
  const longest = Math.max(...lengths);
  const cache = openCache(model.kv, { rows, positions: longest + steps + 1 });
  const feed = (feeds: Record<string, Tensor>): Record<string, Tensor> =>
    Object.fromEntries(Object.entries(feeds).filter(([name]) => session.inputNames.includes(name)));
  const steers = session.inputNames.includes('steer_w');
  const pushed = prompts.map(() => ({ strength: 0.01 }));
  const from = process.cpuUsage();
  const first = await session.run(
    feed({
      ...packedFeeds(prompts, false, () => false),
      ...emptyPast(model.kv, rows),
      ...(steers && steering.ofPrompts(pushed)),
    }),
    [...cache.wanted, 'next_token', 'next_logit'],
  );
  cache.add(first, lengths);
  yield used(from);
  for (let step = 1; step <= steps; step++) {
    const before = process.cpuUsage();
    const next = stepFeeds(
      lengths.map((prompt) => ({ past: prompt + step - 1, token: 100 + step })),
      { width: longest + step, padding: 'right', positionIds: false },
    );
    cache.keep(
      await session.run(feed({ ...packedStep(next), ...(await cache.feeds()), ...(steers && steering.ofStep(rows)) }), [
        ...cache.wanted,
        'next_token',
        'next_logit',
      ]),
      () => true,
    );
    yield used(before);
  }
  return undefined;
}

/** An event of onnxruntime's profile, in microseconds. */
interface Event {
  readonly cat: string;
  readonly name: string;
  readonly ts: number;
  readonly dur: number;
}

/** Part of the time of all nodes, in percent, that goes to those of steering. */
async function ownNodes(prompts: readonly (readonly number[])[]): Promise<Cost> {
  const folder = mkdtempSync(join(tmpdir(), 'alphasteer-bench-'));
  const session = await open(steered, join(folder, 'profile'));
  for (let round = 0; round <= Number(flags.rounds); round++) {
    const costs = run(session, prompts);
    while ((await costs.next()).done !== true);
  }
  session.endProfiling();
  await session.release();
  const events = JSON.parse(readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8')) as Event[];
  rmSync(folder, { recursive: true });

  const runs = events.filter(({ name }) => name === 'model_run').toSorted((a, b) => a.ts - b.ts);
  const spent = { prefill: { own: 0, all: 0 }, step: { own: 0, all: 0 } };
  for (const { cat, name, ts, dur } of events) {
    const at = runs.findLastIndex((run) => run.ts <= ts);
    const aRound = steps + 1;
    if (cat !== 'Node' || !name.endsWith('_kernel_time') || at < aRound) continue; // the first round warms up
    const of = spent[at % aRound === 0 ? 'prefill' : 'step'];
    of.all += dur;
    if (name.startsWith('steer_') || name.startsWith('packed_addend')) of.own += dur;
  }
  const part = ({ own, all }: { own: number; all: number }): number => (100 * own) / all;
  return { prefill: part(spent.prefill), step: part(spent.step) };
}

function used(from: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000;
}

for (const rows of flags.rows.split(',').map(Number)) {
  const prompts = evenly(lines, rows).map(
    (line) => model.tokenizer.encode((JSON.parse(line) as { prompt: string }).prompt).ids,
  );
  const ratios: Cost[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const orders = pair % 2 === 0 ? [steered, []] : [[], steered];
    const sessions = [await open(orders[0]!), await open(orders[1]!)];
    const costs = [
      { prefill: [] as number[], step: [] as number[] },
      { prefill: [] as number[], step: [] as number[] },
    ] as const;
    for (let round = 0; round <= Number(flags.rounds); round++) {
      const runs = [run(sessions[0]!, prompts), run(sessions[1]!, prompts)];
      for (let step = 0; step <= steps; step++)
        for (const side of (round + step) % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
          const { value } = await runs[side]!.next();
          if (round > 0) costs[side][step === 0 ? 'prefill' : 'step'].push(value!); // the first warms up
        }
    }
    const [on, off] = pair % 2 === 0 ? costs : [costs[1], costs[0]];
    ratios.push({
      prefill: quantile(on.prefill, 0.5) / quantile(off.prefill, 0.5),
      step: quantile(on.step, 0.5) / quantile(off.step, 0.5),
    });
    for (const session of sessions) await session.release();
  }
  const own = await ownNodes(prompts);
  for (const what of ['prefill', 'step'] as const) {
    const values = ratios.map((ratio) => 100 * (ratio[what] - 1));
    const mean = values.reduce((a, b) => a + b) / pairs;
    const half = t * Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (pairs - 1) / pairs);
    const sorted = values.toSorted((a, b) => a - b);
    const beside = Math.max(0, Math.floor((pairs - normal * Math.sqrt(pairs)) / 2) - 1);
    const percent = (...[middle, low, high]: readonly [number, number, number]): string =>
      `${middle.toFixed(1)} % (${low.toFixed(1)} to ${high.toFixed(1)})`;
    console.log(
      `${rows} rows, ${what}: steering costs in the mean ${percent(mean, mean - half, mean + half)}, in the median ${percent(quantile(sorted, 0.5), sorted[beside]!, sorted.at(-1 - beside)!)}, ${pairs} pairs of sessions; its nodes ${own[what].toFixed(2)} %`,
    );
  }
}
