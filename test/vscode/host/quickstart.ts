import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';

/**
 * A copy of examples/quickstart that a test may write in, cut down to seconds: two layers, one strength, few rows,
 * short replies. The model is the real one.
 */
export function copyQuickstart(maxNewTokens = 16): string {
  const from = resolve('examples/quickstart');
  const root = mkdtempSync(join(tmpdir(), 'alphasteer-quickstart-'));
  cpSync(join(from, 'prompts'), join(root, 'prompts'), { recursive: true });
  symlinkSync(join(from, 'model'), join(root, 'model'));
  let config = readFileSync(join(from, 'alphasteer.json'), 'utf8');
  for (const [path, value] of [
    [
      ['fit', 'layers'],
      [14, 16],
    ],
    [['fit', 'strength'], 1],
    [['evaluate', 'maxNewTokens'], maxNewTokens],
  ] as const) {
    config = applyEdits(config, modify(config, [...path], value, {}));
  }
  writeFileSync(join(root, 'alphasteer.json'), config);
  mkdirSync(join(root, '.vscode'));
  writeFileSync(join(root, '.vscode', 'settings.json'), JSON.stringify({ 'alphasteer.rowLimit': 24 }));
  return root;
}
