import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll } from 'vitest';
import { tinyModels } from '../onnx/tiny-model.ts';

/** SwiftShader, as Chromium brings it: a Vulkan driver that computes on the CPU. */
const swiftShader = '/usr/lib/chromium/vk_swiftshader_icd.json';

/**
 * Makes a Vulkan driver visible where none was chosen, and finds out whether WebGPU runs on it. Needs the loader,
 * libvulkan.so.1 (Debian's libvulkan1). Debian 12's lavapipe (Mesa 22.3) is not enough for Dawn.
 * @returns why WebGPU does not run here; undefined where it does
 */
export async function withoutWebgpu(): Promise<string | undefined> {
  if (existsSync(swiftShader)) process.env['VK_DRIVER_FILES'] ??= swiftShader;
  if (process.env['XDG_RUNTIME_DIR'] === undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'alphasteer-xdg-'));
    process.env['XDG_RUNTIME_DIR'] = folder;
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
  }
  try {
    const session = await InferenceSession.create(join(tinyModels, 'llama-fp32/model.onnx'), {
      executionProviders: ['webgpu'],
      logSeverityLevel: 4,
    });
    await session.release();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.trim().split('. ').at(-1)! : String(error);
  }
}
