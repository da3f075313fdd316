import { expect, test } from 'vitest';
import { usualPlaces } from '../../browser/usual-places.ts';

test('Linux: packages first, then the path, snaps and flatpaks', () => {
  const places = usualPlaces({ platform: 'linux', env: { PATH: '/usr/bin:/home/me/bin' }, home: '/home/me' });
  expect(places[0]).toBe('/usr/bin/chromium');
  const order = [
    '/usr/bin/microsoft-edge',
    '/opt/google/chrome/chrome',
    '/home/me/bin/google-chrome',
    '/snap/bin/chromium',
    '/var/lib/flatpak/exports/bin/org.chromium.Chromium',
    '/home/me/.local/share/flatpak/exports/bin/com.google.Chrome',
  ].map((place) => places.indexOf(place));
  expect(order).not.toContain(-1);
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(new Set(places).size).toBe(places.length);
});

test('macOS: applications of the system and of the user', () => {
  const places = usualPlaces({ platform: 'darwin', env: { PATH: '/opt/homebrew/bin' }, home: '/Users/me' });
  expect(places).toContain('/Applications/Google Chrome.app/Contents/MacOS/Google Chrome');
  expect(places).toContain('/Users/me/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge');
  expect(places).toContain('/opt/homebrew/bin/chromium');
});

test('Windows: Chrome and Edge below the folders that the system names', () => {
  const env = {
    'PROGRAMFILES(X86)': 'C:\\Program Files (x86)',
    LOCALAPPDATA: 'C:\\Users\\me\\AppData\\Local',
    Path: 'D:\\bin',
  };
  const places = usualPlaces({ platform: 'win32', env, home: 'C:\\Users\\me' });
  expect(places).toContain('C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe');
  expect(places).toContain('C:\\Users\\me\\AppData\\Local\\Google\\Chrome\\Application\\chrome.exe');
  expect(places).toContain('D:\\bin\\msedge.exe');
});
