import { computesInF32 } from '../../core/onnx/computes-in-f32.ts';
import { readModel } from '../../core/onnx/graph/onnx-model.ts';
import { HumanError } from '../../core/problem.ts';
import type { DeviceReport, TriedDevice } from '../../rpc/worker-api.ts';
import type { ChatTokenizer } from '../model-files/chat-tokenizer.ts';
import { keepsTensors } from '../session/device-tensors.ts';
import { devices, mend, missingDevice, type Device, type MissingDevice } from '../session/devices.ts';
import type { Job } from '../job.ts';
import { agreement, judgeTrial } from './judge-trial.ts';
import type { SessionModel } from '../session/model-session.ts';
import { openTrialCache } from './trial-cache.ts';
import { tryDevice, type TrialAnswer } from './try-device.ts';

/** A model whose device is still to be chosen. */
export interface Placeless extends Omit<SessionModel, 'device'> {
  readonly layers: number;
  readonly tokenizer: Pick<ChatTokenizer, 'encode'>;
  readonly fingerprint: string;
}

interface MeasuredDevice extends TriedDevice {
  readonly device: Device;
  /** How often it is as fast as the CPU. */
  readonly speed: number;
}

/** So many times as fast as the CPU must a device be that `auto` takes it: below, a trial's noise would decide. */
const clearlyFaster = 1.3;

const prompts = ['How do I bake bread?', 'Tell me, in one sentence, why the sky is blue on most days.'];

/**
 * Which device a model runs on. `auto` runs it on each provider that onnxruntime has here and takes the fastest of those
 * that give the CPU's numbers; one that is asked for by name is tried as well, and is never replaced by another. The CPU by
 * name needs no trial: it is what the others are measured by.
 * @param again try also what was tried before with this model on this machine
 * @throws {HumanError} the device asked for doesn't work here
 */
export async function chooseDevice(
  wanted: Device | 'auto',
  model: Placeless,
  { again, progress }: { readonly again: boolean; readonly progress?: Job['progress'] },
): Promise<DeviceReport & { readonly device: Device }> {
  const cpu: MeasuredDevice = { device: 'cpu', works: true, detail: 'what the others are measured by', speed: 1 };
  if (wanted === 'cpu') return { device: 'cpu', tried: [{ ...cpu, detail: 'asked for by name; no other was tried' }] };
  const candidates = wanted === 'auto' ? devices.filter((device) => device !== 'cpu') : [wanted];
  const tryOn = trials(model, { again, askedFor: wanted !== 'auto', progress });
  const tried: MeasuredDevice[] = [];
  for (const device of candidates) {
    const found = await tryOn(device);
    tried.push({ ...found, ...(found.works && { cache: keepsTensors(device) ? 'device' : 'host' }) });
  }
  const asked = wanted === 'auto' ? undefined : tried[0];
  if (asked && !asked.works) {
    throw new HumanError({
      file: model.folder.graph,
      message: `The model cannot run on ${asked.device}: ${asked.detail}.`,
      fix: `${asked.fix ?? ''} Or use --device cpu.`.trim(),
    });
  }
  const faster = tried.filter(({ works, speed }) => works && speed >= clearlyFaster).sort((a, b) => b.speed - a.speed);
  return { device: (asked ?? faster[0] ?? cpu).device, tried: [...tried, cpu] };
}

const tooSlow =
  'A driver that computes on the CPU (lavapipe, llvmpipe, SwiftShader) is too slow for this model: install the driver of the graphics card.';

/**
 * Trials of one model. The CPU's numbers are made once, and only where another device gave some. Verdicts are kept, failures
 * too: a start would else pay a process for each. A device that is asked for by name is not refused for an old failure.
 */
function trials(
  model: Placeless,
  {
    again,
    askedFor,
    progress,
  }: { readonly again: boolean; readonly askedFor: boolean; readonly progress: Job['progress'] | undefined },
): (device: Device) => Promise<MeasuredDevice> {
  const cache = openTrialCache(model);
  const { folder, hiddenSize, ports, kv, weights, weightBytes, threads } = model;
  const bound = computesInF32(readModel(model.graph, folder.graph)) ? agreement.f32 : agreement.other;
  const layers = [...new Set([Math.floor(model.layers / 2), model.layers - 1])];
  const ids = prompts.map((prompt) => model.tokenizer.encode(prompt).ids);
  const run = (device: Device): Promise<TrialAnswer> => {
    progress?.({ phase: `Trying ${device}`, done: 0, total: 1, unit: 'device' });
    const tried = { folder, hiddenSize, ports, kv, weights, weightBytes, threads, device };
    return tryDevice({ model: tried, layers, prompts: ids });
  };
  let onCpu: Promise<TrialAnswer> | undefined;

  return async (device) => {
    const not = (why: MissingDevice): MeasuredDevice => ({ device, works: false, speed: 0, ...why });
    const missing = missingDevice(device);
    if (missing) return not(missing);
    const known = again ? undefined : await cache.read(device);
    if (known && (known.works || !askedFor)) {
      const how = known.works ? 'tried before' : 'tried before; `alphasteer doctor` tries it again';
      return { device, ...known, detail: `${known.detail} (${how})` };
    }
    const answer = await run(device);
    if ('error' in answer) {
      const fix = answer.tooSlow ? tooSlow : mend[device];
      const verdict = { works: false, speed: 0, detail: answer.error, fix };
      await cache.write(device, verdict);
      return { device, ...verdict };
    }
    const cpu = await (onCpu ??= run('cpu'));
    if ('error' in cpu) {
      return not({ detail: `the CPU, whose numbers its own are compared with, fails: ${cpu.error}`, fix: mend.cpu });
    }
    const { nodes } = answer.numbers;
    const verdict = { ...judgeTrial(answer.numbers, cpu.numbers, bound), nodes };
    await cache.write(device, verdict);
    return { device, ...verdict };
  };
}
