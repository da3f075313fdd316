/**
 * What a KV cache on the device saves a decoding step, beside one in host memory on the same device: time, the two sides' rounds in
 * turn, and bytes that cross between host and device.
 *
 *   npx tsx test/bench/device-cache.ts [--model FOLDER] [--dtype q4] [--device webgpu] [--rows 4,16] [--prompt 64] [--steps 16] [--rounds 4]
 *
 * On SwiftShader, a driver in software, "device" memory is the host's and a step is mostly arithmetic: only the ratio means
 * anything there, and it says least of what a GPU would gain.
 */
import './no-reports.ts';
import { parseArgs } from 'node:util';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { instrument } from '../../src/core/onnx/instrument.ts';
import { seededRandom } from '../../src/core/prompts/split/seeded-random.ts';
import { quantile } from '../../src/core/stats/quantile.ts';
import { ChatSession } from '../../src/worker/session/chat-session.ts';
import { requireDevice } from '../../src/worker/session/devices.ts';
import { openModel } from '../../src/worker/model/model.ts';
import { createSessionFromBytes, openChatSession, type SessionModel } from '../../src/worker/session/model-session.ts';
import type { Session } from '../../src/worker/session/session.ts';
import { quickstartModel } from '../worker/agreement/quickstart.ts';

const { values: flags } = parseArgs({
  options: {
    model: { type: 'string', default: quickstartModel },
    dtype: { type: 'string', default: 'q4' },
    device: { type: 'string', default: 'webgpu' },
    rows: { type: 'string', default: '4,16' },
    prompt: { type: 'string', default: '64' },
    steps: { type: 'string', default: '16' },
    rounds: { type: 'string', default: '4' },
  },
});
const steps = Number(flags.steps);
const layers = [0];
const device = requireDevice(flags.device);
if (device === 'auto') throw new RangeError('A device by name, please: what is compared runs on one.');
const onCpu = await openModel({ path: flags.model, dtype: flags.dtype, device: 'cpu', threads: undefined });
const model = { ...onCpu, device };
const crossed = watchRuns();

interface Cost {
  readonly milliseconds: number;
  /** Of the processor, which is all there is on a driver in software. */
  readonly processor: number;
  readonly bytes: number;
}

/** As sessions for replies are on a device that keeps no tensors. */
async function withCacheInHostMemory({ folder, ...rest }: SessionModel & typeof model): Promise<ChatSession> {
  const options = {
    steered: layers,
    taps: layers,
    logits: 'last',
    cache: true,
    decoding: 'newest',
    packed: true,
  } as const;
  const { bytes, packed } = instrument(rest.graph, folder.graph, options);
  return new ChatSession(await createSessionFromBytes({ folder, ...rest }, bytes), {
    ...{
      kv: rest.kv,
      hiddenSize: rest.hiddenSize,
      steeredTaps: [0],
      readLayers: layers,
      tappedLayers: 1,
      packed,
      folder,
    },
    positionIds: rest.ports.positionIds !== undefined,
    rowsTouch: rest.ports.scalesOverBatch,
  });
}

/** What a step costs, all rows being as long. */
async function run(session: ChatSession, rows: number): Promise<Cost> {
  const random = seededRandom(rows);
  const prompts = Array.from({ length: rows }, () => ({
    ids: Array.from({ length: Number(flags.prompt) }, () => 1 + Math.floor(random() * 90)),
    strength: 0,
  }));
  const ticks: { at: number; processor: number; bytes: number }[] = [];
  const checkpoint = (): Promise<void> => {
    const { user, system } = process.cpuUsage();
    ticks.push({ at: performance.now(), processor: (user + system) / 1000, bytes: crossed.bytes });
    return Promise.resolve();
  };
  await session.reply(prompts, { maxNewTokens: steps + 1, endTokens: new Set() }, { checkpoint });
  const [first, last] = [ticks.at(-1 - steps)!, ticks.at(-1)!];
  return {
    milliseconds: (last.at - first.at) / steps,
    processor: (last.processor - first.processor) / steps,
    bytes: (last.bytes - first.bytes) / steps,
  };
}

/** Counts the bytes of tensors that runs take from host memory or bring there. */
function watchRuns(): { readonly bytes: number } {
  const count = { bytes: 0 };
  const note = (tensors: Readonly<Record<string, Tensor>>): void => {
    for (const tensor of Object.values(tensors))
      if (tensor.location === 'cpu') count.bytes += (tensor.data as Float32Array).byteLength;
  };
  const { prototype } = InferenceSession as unknown as { readonly prototype: Session };
  const before = Reflect.get(prototype, 'run');
  prototype.run = async function (feeds, wanted) {
    note(feeds);
    const made = await Reflect.apply(before, this, [feeds, wanted]);
    note(made);
    return made;
  };
  return count;
}

const sides = { device: await openChatSession(model, layers, layers), host: await withCacheInHostMemory(model) };
for (const rows of flags.rows.split(',').map(Number)) {
  const costs: Record<'device' | 'host', Cost[]> = { device: [], host: [] };
  for (let round = 0; round <= Number(flags.rounds); round++)
    for (const side of round % 2 === 0 ? (['device', 'host'] as const) : (['host', 'device'] as const)) {
      const cost = await run(sides[side], rows);
      if (round > 0) costs[side].push(cost); // the first one compiles
    }
  const median = (side: 'device' | 'host', what: keyof Cost): number =>
    quantile(
      costs[side].map((cost) => cost[what]),
      0.5,
    );
  const told = (side: 'device' | 'host'): string =>
    `${median(side, 'milliseconds').toFixed(1)} ms, ${median(side, 'processor').toFixed(1)} ms of the processor, ${(median(side, 'bytes') / 1000).toFixed(1)} kB`;
  const ratios = (what: keyof Cost): string => {
    const all = costs.device.map((cost, i) => cost[what] / costs.host[i]![what]);
    return `${quantile(all, 0.5).toFixed(2)} (${Math.min(...all).toFixed(2)} to ${Math.max(...all).toFixed(2)})`;
  };
  console.log(
    `${rows} rows, a step: on the device ${told('device')}; in host memory ${told('host')}; ` +
      `time ${ratios('milliseconds')}, processor ${ratios('processor')}`,
  );
}
for (const session of Object.values(sides)) await session.release();
