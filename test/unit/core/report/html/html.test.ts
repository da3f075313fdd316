import { describe, expect, it } from 'vitest';
import { renderReport, type ReportInput } from '../../../../../src/core/report/html/html.ts';
import { applyOverrides } from '../../../../../src/core/evaluation/replies/apply-overrides.ts';
import { reportRows } from '../../../../../src/core/evaluation/replies/report-rows.ts';
import { summarise } from '../../../../../src/core/evaluation/summarise.ts';
import type { Reply } from '../../../../../src/core/evaluation/data/summary.ts';
import { goldenRun } from '../golden-run.ts';
import { importedFit } from '../imported-fit.ts';
import { expectGolden } from '../golden.ts';
import { reply } from '../reply.ts';

const { replies, fit } = goldenRun();

function render(of: readonly Reply[], other: Partial<ReportInput> = {}): string {
  return renderReport({
    summary: summarise(of, fit),
    fit,
    rows: reportRows(of, fit.strength),
    meta: { title: 'AlphaSteer refusal report', facts: [['Seed', '1']] },
    script: { text: 'void 0;', sha256: 'c2NyaXB0' },
    style: { text: 'p{}', sha256: 'c3R5bGU=' },
    ...other,
  });
}

describe('renderReport', () => {
  it('is the golden page', () => {
    expectGolden('report.html', render(replies));
  });

  it('lets only its own script and style run, and fetches nothing', () => {
    const page = render(replies);
    expect(page).toContain(
      `default-src &#39;none&#39;; script-src &#39;sha256-c2NyaXB0&#39;; style-src &#39;sha256-c3R5bGU=&#39;`,
    );
    expect(page).not.toMatch(/\b(?:src|href)="(?!#)/);
  });

  it('shows what models and files hold as text', () => {
    const attack = `<img src=x onerror="alert(1)"></script><script>alert(2)</script>\u0000`;
    const page = render([
      reply({
        id: attack,
        reply: attack,
        prompt: attack,
        file: attack,
        label: 'jailbreak',
        attack,
        verdict: 'complied',
      }),
      reply({
        id: attack,
        condition: 'steered',
        reply: attack,
        prompt: attack,
        file: attack,
        label: 'jailbreak',
        attack,
        verdict: 'refused',
        span: [1, 9],
      }),
    ]);
    expect(page.includes('<img')).toBe(false);
    expect(page.match(/<script/g)).toHaveLength(2);
    expect(page.includes('\u0000')).toBe(false);
  });

  it('says which verdicts are a person’s, what the rules said, and how far the two agree', () => {
    const judged = applyOverrides(
      [
        reply({ id: 'a', verdict: 'complied' }),
        reply({ id: 'a', condition: 'steered', reply: 'Well, no.', verdict: 'complied' }),
      ],
      [{ id: 'a', condition: 'steered', strength: 0.3, reply: 'Well, no.', verdict: 'refused' }],
    );
    const page = render(judged);
    expect(page).toContain('A person judged 1 reply and overruled the rules on 1');
    expect(page).toContain('by a person (rules: complied)');
    expect(page).toContain('"rules":"complied"');
    expect(render(replies)).not.toContain('A person judged');
  });

  it('shows the chat before a prompt', () => {
    const earlier = [
      { role: 'system', content: 'You are <b>Vexo</b>.' },
      { role: 'user', content: 'Hi' },
    ] as const;
    const page = render([
      reply({ id: 'a', earlier, verdict: 'complied' }),
      reply({ id: 'a', earlier, condition: 'steered', verdict: 'refused' }),
    ]);
    expect(page).toContain('system: You are &lt;b&gt;Vexo&lt;/b&gt;.\n\nuser: Hi');
  });

  it('cuts a megabyte in the static view, says so, and keeps it whole in the data', () => {
    const long = 'loop '.repeat(200_000);
    const page = render([
      reply({ id: 'a', reply: long, verdict: 'complied' }),
      reply({ id: 'a', condition: 'steered', verdict: 'refused' }),
    ]);
    expect(page.includes('998800\u00a0more characters')).toBe(true);
    expect(page.split('loop '.repeat(1000)).length).toBeGreaterThan(100);
    expect(page.length).toBeLessThan(1_100_000);
  });

  it('refuses a script that would end its own element', () => {
    expect(() => render(replies, { script: { text: '"</script>"', sha256: '' } })).toThrow(/script element/);
  });

  it('is a page without replies, too', () => {
    expect(render([])).toContain('No replies yet.');
  });

  it('says of a reply that was stopped early that it was, beside its verdict', () => {
    const base = reply({ id: 'a', label: 'harmful', verdict: 'refused' });
    const steered = reply({ id: 'a', label: 'harmful', condition: 'steered' });
    const note = '<span class="quiet">stopped early: no continuation could be refused</span>';
    expect(render([base, steered])).not.toContain(note);
    expect(render([base, { ...steered, stopped: true }])).toContain(note);
  });

  it('tells of an imported steering what is known of it, and nothing that only a fit knows', () => {
    const imported = importedFit();
    const page = render(replies, {
      fit: imported,
      summary: summarise(replies, imported),
      rows: reportRows(replies, imported.strength),
    });
    expect(page).toContain('steering_matrix_x.pt');
    expect(page).toContain('Nothing was fitted here');
    expect(page).not.toMatch(/NaN|undefined|Why these settings|What the fit saw|Kinds of jailbreak that a fit/);
  });
});
