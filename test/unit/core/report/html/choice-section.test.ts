import { expect, test } from 'vitest';
import { choiceSection } from '../../../../../src/core/report/html/choice-section.ts';
import { markup, nothing } from '../../../../../src/core/report/html/markup.ts';

test('each reason is an item, and an imported steering has no section', () => {
  const page = markup(choiceSection({ reasons: ['Layers 16 and 22 <b>', 'Strength 4'] }));
  expect(page.match(/<li>/g)).toHaveLength(2);
  expect(page).toContain('Layers 16 and 22 &lt;b&gt;');
  expect(choiceSection({ reasons: [] })).toBe(nothing);
});
