import { expect, test } from 'vitest';
import { choiceSection } from '../../../../../src/core/report/html/choice-section.ts';
import { markup, nothing } from '../../../../../src/core/report/html/markup.ts';
import { goldenRun } from '../golden-run.ts';

const { fit } = goldenRun();

test('each reason is an item, and each layer tried has its rate with n and interval', () => {
  const [layer] = fit.perLayer;
  const attacks = { persona: { n: 60, recognised: 30 }, fiction: { n: 40, recognised: 20 } };
  const perLayer = [{ ...layer!, layer: 16, steered: true, recognised: 0.4 }];
  const page = markup(choiceSection({ ...fit, reasons: ['Layer 16 <b>', 'Strength 4'], attacks, perLayer }));
  expect(page.match(/<li>/g)).toHaveLength(2);
  expect(page).toContain('Layer 16 &lt;b&gt;');
  expect(page).toContain('Recognised of 100\u00a0jailbreaks');
  // scipy.stats.binomtest(40, 100).proportion_ci(method="wilson")
  expect(page).toMatch(/16, steered.*40\.0\u00a0%.*30\.9–49\.8\u00a0%/s);
});

test('an imported steering has no section, and one without jailbreaks no table', () => {
  expect(choiceSection({ ...fit, reasons: [] })).toBe(nothing);
  expect(markup(choiceSection({ ...fit, attacks: {} }))).not.toContain('<table');
});
