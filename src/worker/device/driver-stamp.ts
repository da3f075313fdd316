import { readdir, stat } from 'node:fs/promises';
import { delimiter } from 'node:path';

/** Variables by which a loader is told where drivers and libraries are. */
const variables = [
  'VK_DRIVER_FILES',
  'VK_ADD_DRIVER_FILES',
  'VK_ICD_FILENAMES',
  'LD_LIBRARY_PATH',
  'CUDA_VISIBLE_DEVICES',
];

/** Places that change when a library, a Vulkan driver or a Windows driver is installed, updated or removed. */
const places = [
  '/etc/ld.so.cache',
  '/etc/vulkan/icd.d',
  '/usr/share/vulkan/icd.d',
  '/usr/local/share/vulkan/icd.d',
  '/System/Library/CoreServices/SystemVersion.plist',
  'C:\\Windows\\System32\\DriverStore\\FileRepository',
];

/** Where Linux shows the cards that have a driver. */
const cards = [
  { folder: '/dev', name: /^nvidia/ },
  { folder: '/dev/dri', name: /^render/ },
];

/**
 * What a device's working hangs on beside the model and onnxruntime: another text as soon as a driver or a library comes, goes
 * or is updated, or another one is pointed to. It costs some dozen `stat`s, a trial a process.
 * @param root in place of /, for tests
 */
export async function driverStamp(env: NodeJS.ProcessEnv, root = ''): Promise<string> {
  const pointed = variables.flatMap((name) => env[name]?.split(delimiter) ?? []).filter((path) => path !== '');
  const changed = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
  const times = await Promise.all([...places.map((path) => root + path), ...pointed].map(changed));
  const found = await Promise.all(
    cards.map(async ({ folder, name }) =>
      (await readdir(root + folder).catch(() => [])).filter((each) => name.test(each)).sort(),
    ),
  );
  return JSON.stringify([variables.map((name) => env[name] ?? ''), times, found]);
}
