import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { listSupportedBackends } from 'onnxruntime-node';
import { HumanError } from '../../core/problem.ts';

/** onnxruntime's execution providers that a model can run on, those that are usually faster first. */
export const devices = ['cuda', 'dml', 'coreml', 'webgpu', 'cpu'] as const;

export type Device = (typeof devices)[number];

/** A device that cannot even be tried here, and what would have to change, where anything can. */
export interface MissingDevice {
  readonly detail: string;
  readonly fix?: string;
}

/** @throws {HumanError} a name that is no device */
export function requireDevice(name: string): Device | 'auto' {
  const found = (['auto', ...devices] as const).find((device) => device === name);
  if (found) return found;
  throw new HumanError({ message: `Unknown device "${name}".`, fix: `Use auto or one of ${devices.join(', ')}.` });
}

/** @returns undefined for a device whose provider is installed, which says nothing yet about drivers */
export function missingDevice(device: Device): MissingDevice | undefined {
  if (!listSupportedBackends().some(({ name }) => name === device)) {
    return {
      detail: `onnxruntime-node has no such provider for ${process.platform}-${process.arch}, ${homes[device]}`,
    };
  }
  if (device !== 'cuda' || existsSync(cudaLibrary())) return undefined;
  return { detail: `${cudaLibrary()} is not there: it is no part of the npm package`, fix: mend.cuda };
}

/**
 * What to do where a provider does not work, by its own documentation:
 * https://onnxruntime.ai/docs/execution-providers/CUDA-ExecutionProvider.html#requirements,
 * .../DirectML-ExecutionProvider.html#requirements, .../CoreML-ExecutionProvider.html#requirements, and for WebGPU those of Dawn,
 * which reaches the GPU by Vulkan, Direct3D 12 or Metal.
 */
export const mend: Readonly<Record<Device, string>> = {
  cuda:
    'CUDA needs Linux on x64, an NVIDIA driver, CUDA 12 and cuDNN 9 where the loader finds them (LD_LIBRARY_PATH), and ' +
    "the provider's library, which onnxruntime-node's install script downloads: `node node_modules/onnxruntime-node/script/install.js --onnxruntime-node-install=cuda12`.",
  dml: 'DirectML needs Windows 10 (1903) or newer, and a GPU and driver with DirectX 12: update the driver of the graphics card.',
  coreml: 'CoreML needs macOS 10.15 or newer (13 for ML programs).',
  webgpu:
    'WebGPU needs a graphics driver: on Linux Vulkan (packages libvulkan1 and the driver of the card, such as mesa-vulkan-drivers; `vulkaninfo --summary` lists what is found), on Windows Direct3D 12, on macOS Metal.',
  cpu: 'The CPU provider is part of onnxruntime-node: install it again (`npm ci`).',
};

/** Where onnxruntime-node has each provider. */
const homes: Readonly<Record<Device, string>> = {
  cuda: 'only for Linux on x64',
  dml: 'only for Windows',
  coreml: 'only for macOS',
  webgpu: 'only for Linux on x64, Windows and macOS',
  cpu: 'which it should have everywhere',
};

function cudaLibrary(): string {
  const found = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
  return join(dirname(found), 'bin', 'napi-v6', process.platform, process.arch, 'libonnxruntime_providers_cuda.so');
}
