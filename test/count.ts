/** How many tests ran in each lane, from what the lanes left in test-results: the last line of `npm test`. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

interface VitestResults {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(`test-results/${file}`, 'utf8'));
}

const lanes = new Map<string, { passed: number; skipped: number }>();
function add(lane: string, passed: number, skipped: number): void {
  const known = lanes.get(lane) ?? { passed: 0, skipped: 0 };
  lanes.set(lane, { passed: known.passed + passed, skipped: known.skipped + skipped });
}

for (const file of ['lanes.json', 'installed.json'])
  for (const { name, assertionResults } of (read(file) as VitestResults).testResults) {
    const passed = assertionResults.filter(({ status }) => status === 'passed').length;
    const folder = relative('test', name).split(/[\\/]/)[0]!;
    add(folder === 'vscode' ? 'installed VSIX' : folder, passed, assertionResults.length - passed);
  }
add('in VS Code', (read('vscode.json') as { passed: number }).passed, 0);

const total = [...lanes.values()].reduce((sum, { passed }) => sum + passed, 0);
const each = [...lanes].map(
  ([lane, { passed, skipped }]) => `${lane} ${passed}${skipped > 0 ? ` (${skipped} skipped)` : ''}`,
);
console.log(`${total} tests passed: ${each.join(', ')}.`);
