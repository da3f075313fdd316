/**
 * The curve of time and memory over the number of prompts, drawn from what scale.ts printed:
 *
 *   npx tsx test/bench/scale.ts > test/bench/scale.jsonl && npx tsx test/bench/scale-chart.ts
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { launchBrowser } from '../browser/launch.ts';

const here = import.meta.dirname;
const results = readFileSync(join(here, 'scale.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as { prompts: number; processor: number; peakMegabytes: number });

/** Runs in the browser, since Plot draws into a document: two panels side by side in one picture. */
const drawing = `
import * as Plot from '@observablehq/plot';
globalThis.draw = (results) => {
  const panel = (y, label) =>
    Plot.plot({
      width: 420, height: 260, marginLeft: 50, marginRight: 35, marginBottom: 40, insetLeft: 20,
      style: { background: 'white', color: 'black', fontSize: '12px', fontFamily: 'sans-serif' },
      x: { type: 'log', label: 'prompts in the fit', ticks: results.map(({ prompts }) => prompts), tickFormat: (n) => n.toLocaleString('en') },
      y: { label, domain: [0, 1.15 * Math.max(...results.map((one) => one[y]))], nice: true, grid: true },
      marks: [
        Plot.lineY(results, { x: 'prompts', y, stroke: '#0b62a8', marker: 'dot' }),
        Plot.text(results, { x: 'prompts', y, text: (one) => String(Math.round(one[y])), dy: -12, stroke: 'white', fill: 'black' }),
      ],
    });
  const panels = [panel('processor', 'processor time, s'), panel('peakMegabytes', 'peak memory, MB')];
  panels[1].setAttribute('x', '430');
  const inner = panels.map((one) => one.outerHTML).join('');
  return '<svg xmlns="http://www.w3.org/2000/svg" width="850" height="260" viewBox="0 0 850 260"><rect width="850" height="260" fill="white"/>' + inner + '</svg>';
};`;

const browser = await launchBrowser();
try {
  const page = await browser.newPage();
  const { outputFiles } = await build({
    stdin: { contents: drawing, resolveDir: here },
    bundle: true,
    format: 'iife',
    write: false,
  });
  await page.addScriptTag({ content: outputFiles[0]!.text });
  const svg = await page.evaluate(`draw(${JSON.stringify(results)})`);
  writeFileSync(join(here, '../../media/scale.svg'), `${String(svg)}\n`);
} finally {
  await browser.close();
}
