import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSafetensors } from '../../src/core/formats/safetensors.ts';
import { alphasteer, problemsOf } from './alphasteer.ts';
import { tinyWorkspace } from './tiny-workspace.ts';

interface Asked {
  readonly steered: { readonly reply: string };
  readonly layers: readonly { readonly norm: number; readonly relativeNorm: number; readonly score: number }[];
}

function ask(root: string, run: string, prompt: string): Asked {
  return JSON.parse(alphasteer('ask', prompt, '--workspace', root, '--run', run, '--json').stdout) as Asked;
}

function runOf({ stdout }: { readonly stdout: string }): string {
  return (JSON.parse(stdout) as { run: string }).run;
}

test('a steering that goes out in the authors’ format and comes back steers as it did', () => {
  const root = tinyWorkspace({ fit: { threshold: 'none' } });
  const run = runOf(alphasteer('fit', root, '--json'));
  const file = join(root, 'steering_matrix_tiny.pt');
  const saved = alphasteer('export', run, '--to', 'authors', '--out', file);
  expect(saved.stderr).toBe('');
  expect(saved.stdout).toContain('Steer layers 1, 2 with strength -1:');
  const imported = alphasteer('import', file, '--workspace', root, '--strength=-1', '--json');
  const back = runOf(imported);
  expect(back).not.toBe(run);

  const fit = JSON.parse(readFileSync(join(back, 'fit.json'), 'utf8')) as {
    strength: number;
    kind: string;
    file: string;
    perLayer: { meanScore: Record<string, number> }[];
  };
  expect(fit).toMatchObject({ strength: 1, kind: 'imported', file: 'steering_matrix_tiny.pt', layers: [1, 2] });
  const { harmful, jailbreak } = fit.perLayer[0]!.meanScore;
  expect((harmful! + jailbreak!) / 2).toBeGreaterThan(0.9);

  const prompt = readFileSync(join(root, 'heldout.jsonl'), 'utf8').split('\n')[15]!;
  const text = (JSON.parse(prompt) as { prompt: string }).prompt;
  const [before, after] = [ask(root, run, text), ask(root, back, text)];
  expect(after.steered.reply).toBe(before.steered.reply);
  after.layers.forEach(({ relativeNorm }, k) => expect(relativeNorm).toBeCloseTo(before.layers[k]!.relativeNorm, 5));

  const compared = alphasteer('compare', root, '--run', back, '--json');
  expect(problemsOf(compared).filter((line) => line.startsWith('error'))).toEqual([]);
  expect(readFileSync(join(back, 'report.html'), 'utf8')).toContain('steering_matrix_tiny.pt');
});

test('a threshold that the format can’t hold is told, and the matrices are saved all the same', () => {
  const root = tinyWorkspace();
  const run = runOf(alphasteer('fit', root, '--json'));
  const { tensors } = readSafetensors(new Uint8Array(readFileSync(join(run, 'steering.safetensors'))), 'x');
  const finite = [...tensors['thresholds']!.data].some((value) => Number.isFinite(Number(value)));
  const saved = alphasteer('export', run, '--to', 'authors', '--out', join(root, 'm.pt'));
  expect(finite).toBe(true);
  expect(saved.status).toBe(1);
  expect(saved.stderr).toContain('the authors’ format has none');
  expect(readFileSync(join(root, 'm.pt')).length).toBeGreaterThan(3 * 64 * 64 * 4);
});

test('matrices of another model, and a positive strength, are refused with what to do', () => {
  const root = tinyWorkspace();
  const other = 'test/fixtures/authors/f32.pt';
  expect(alphasteer('import', other, '--workspace', root, '--strength=-1').stderr).toContain(
    'a model with 4 layers of 12 dimensions; this one has 3 of 64',
  );
  expect(alphasteer('import', other, '--workspace', root, '--strength', '1').stderr).toContain(
    'is negative where it refuses',
  );
  const text = join(root, 'text.pt');
  writeFileSync(text, 'no tensor');
  expect(alphasteer('import', text, '--workspace', root, '--strength=-1').stderr).toContain('no zip file');
});
