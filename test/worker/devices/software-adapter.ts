import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll } from 'vitest';
import { npmBrowser, withoutNpmBrowser } from '../../browser/npm-browser.ts';
import { tinyModels } from '../onnx/tiny-model.ts';

/**
 * Makes a Vulkan driver visible where none was chosen, and finds out whether WebGPU runs on it: SwiftShader, as the
 * browsers bring it, with the loader that lies beside it. Debian 12's lavapipe (Mesa 22.3) is not enough for Dawn.
 * @returns why WebGPU does not run here; undefined where it does
 */
export async function withoutWebgpu(): Promise<string | undefined> {
  const folder = withoutNpmBrowser() === undefined ? npmBrowser().folder : '/usr/lib/chromium';
  const driver = join(folder, 'vk_swiftshader_icd.json');
  if (process.env['VK_DRIVER_FILES'] === undefined && existsSync(driver)) {
    process.env['VK_DRIVER_FILES'] = driver;
    loadVulkan(folder);
  }
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

/** dlopen's flag by which a library stays loaded (glibc and musl). Node.js names no constant for it. */
const noDelete = 0x1000;

/** Loads the Vulkan loader, which WebGPU asks for by its bare name, into this process, and lets its children find it. */
function loadVulkan(folder: string): void {
  const others = process.env['LD_LIBRARY_PATH'];
  process.env['LD_LIBRARY_PATH'] = others === undefined ? folder : `${others}:${folder}`;
  try {
    process.dlopen({ exports: {} }, join(folder, 'libvulkan.so.1'), constants.dlopen.RTLD_LAZY | noDelete);
  } catch {
    // It is no addon of Node.js, which says so after it has loaded it. Whether WebGPU runs is tried below.
  }
}
