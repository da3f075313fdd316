import { listSupportedBackends } from 'onnxruntime-node';
import { HumanError } from '../core/problem.ts';
import type { DeviceReport } from '../rpc/worker-api.ts';

const devices = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;

export type Device = (typeof devices)[number];

/**
 * Which provider to run on. `auto` is the CPU, until the others' steered replies are proven equal to it: an unproven
 * provider is used when it is asked for by name, and never instead of the one that was.
 * @throws {HumanError} a device that this platform's onnxruntime does not hold
 */
export function chooseDevice(wanted: string): DeviceReport & { readonly device: Device } {
  const backends = new Map(listSupportedBackends().map(({ name, bundled }) => [name, bundled]));
  const tried = devices.map((device) => {
    const works = device === 'cpu' || backends.get(device) === true;
    const used = device === (wanted === 'auto' ? 'cpu' : wanted);
    const idle = works ? 'held, but not used unless asked for by name' : whyNot(backends.has(device));
    return { device, works, detail: used && works ? 'used' : idle };
  });
  if (wanted === 'auto') return { device: 'cpu', tried };
  const found = tried.find(({ device }) => device === wanted);
  if (!found) {
    throw new HumanError({ message: `Unknown device "${wanted}".`, fix: `Use auto or one of ${devices.join(', ')}.` });
  }
  if (!found.works) {
    throw new HumanError({
      message: `The device "${wanted}" cannot be used: ${found.detail}.`,
      fix: 'Use --device cpu; `alphasteer doctor` lists what this machine has.',
    });
  }
  return { device: found.device, tried };
}

function whyNot(known: boolean): string {
  return known
    ? 'known to onnxruntime, but its libraries are not part of the package'
    : 'not in the onnxruntime package of this platform';
}
