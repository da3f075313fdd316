import { expect, test } from 'vitest';
import { kindsSection } from '../../../../../src/core/report/html/kinds-section.ts';
import { markup, nothing } from '../../../../../src/core/report/html/markup.ts';
import { goldenRun } from '../golden-run.ts';

const { fit } = goldenRun();
const [layer] = fit.perLayer;

test('kinds of jailbreak come with n, interval and AUC, the one recognised least first', () => {
  const attacks = { persona: { n: 40, recognised: 20 }, '<fiction>': { n: 38, recognised: 0 } };
  const at = (number: number, persona: number, harmful: number) => ({
    ...layer!,
    layer: number,
    steered: number > 8,
    aucOf: { harmful },
    aucOfAttack: { persona, '<fiction>': 0.5 },
  });
  const page = markup(
    kindsSection({ ...fit, attacks, perLayer: [at(8, 0.1, 0.2), at(16, 0.9, 0.97), at(22, 0.8, 0.97)] }),
  );
  const rows = page
    .split('<tr>')
    .slice(2)
    .map((row) =>
      row
        .replaceAll(/<[^>]*>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    );
  // scipy.stats.binomtest(0, 38).proportion_ci(method="wilson"), and of (20, 40)
  expect(rows).toEqual([
    '&lt;fiction&gt; 38 0.0 % 0.0–9.2 % 0.500',
    'persona 40 50.0 % 35.2–64.8 % 0.800 to 0.900',
    'Harmful, set aside for choosing – – 0.970',
    'Jailbreak, set aside for choosing – – –',
  ]);
});

test('a fit without jailbreaks has no such section', () => {
  expect(kindsSection({ ...fit, attacks: {} })).toBe(nothing);
});
