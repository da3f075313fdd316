/// <reference types="node" />
import { posix, win32 } from 'node:path';

export interface System {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

const names = [
  ...['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome'],
  ...['microsoft-edge-stable', 'microsoft-edge', 'brave-browser'],
];
const macApps = ['Google Chrome', 'Chromium', 'Microsoft Edge', 'Brave Browser'];
const windowsApps = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
];
const flatpaks = ['org.chromium.Chromium', 'com.google.Chrome', 'com.microsoft.Edge'];

/** Where browsers of the family of Chromium are usually put, the likeliest first; most of the files will not be there. */
export function usualPlaces({ platform, env, home }: System): string[] {
  if (platform === 'win32') {
    const roots = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => env[name] ?? []);
    const onPath = folders(env['PATH'] ?? env['Path'], ';').flatMap((folder) =>
      ['chrome.exe', 'msedge.exe'].map((name) => win32.join(folder, name)),
    );
    return [...windowsApps.flatMap((app) => roots.map((root) => win32.join(root, app))), ...onPath];
  }
  const onPath = names.flatMap((name) => folders(env['PATH'], ':').map((folder) => posix.join(folder, name)));
  if (platform === 'darwin') {
    const roots = ['/Applications', posix.join(home, 'Applications')];
    const apps = macApps.flatMap((app) => roots.map((root) => posix.join(root, `${app}.app/Contents/MacOS`, app)));
    return [...apps, ...onPath];
  }
  const wrappers = flatpaks.flatMap((name) =>
    ['/var/lib/flatpak', posix.join(home, '.local/share/flatpak')].map((root) => posix.join(root, 'exports/bin', name)),
  );
  return [
    ...new Set([
      ...names.map((name) => posix.join('/usr/bin', name)),
      ...['/opt/google/chrome/chrome', '/opt/microsoft/msedge/msedge', '/usr/lib/chromium/chromium'],
      ...onPath,
      ...names.map((name) => posix.join('/snap/bin', name)),
      ...wrappers,
    ]),
  ];
}

function folders(path: string | undefined, separator: string): string[] {
  return (path ?? '').split(separator).filter((folder) => folder !== '');
}
