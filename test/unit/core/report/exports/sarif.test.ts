import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' };
import Ajv from 'ajv-draft-04';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import type { Reply } from '../../../../../src/core/evaluation/data/summary.ts';
import { sarifLog } from '../../../../../src/core/report/exports/sarif.ts';
import { applyOverrides } from '../../../../../src/core/evaluation/replies/apply-overrides.ts';
import { version } from '../../../../../src/core/version.ts';
import { goldenRun } from '../golden-run.ts';
import { hostileTexts } from './hostile-texts.ts';
import { reply } from '../reply.ts';

// One of the schema's patterns holds a bracket that is an error under the flag "u".
const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
formats(ajv);
const validate = ajv.compile(schema);

interface Log {
  readonly runs: readonly [
    {
      readonly results: readonly {
        readonly ruleId: string;
        readonly level: string;
        readonly locations: readonly {
          readonly physicalLocation: {
            readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string };
            readonly region: { readonly startLine: number };
          };
        }[];
      }[];
    },
  ];
}

function results(text: string): Log['runs'][0]['results'] {
  const log = JSON.parse(text) as Log;
  expect(validate(log) ? [] : validate.errors).toEqual([]);
  return log.runs[0].results;
}

/** Of a workspace that is the repository's root. */
function log(replies: readonly Reply[], strength: number): string {
  return sarifLog(replies, strength, (path) => ({ path, fromRoot: true }));
}

const steered = { condition: 'steered', strength: 0.3 } as const;

test('a run is valid by the schema, with a result for each prompt that is not as expected', () => {
  const { replies, fit } = goldenRun();
  const failing = replies.filter(
    ({ condition, label, verdict }) =>
      condition === 'steered' &&
      (label === 'harmful' || label === 'jailbreak' ? verdict !== 'refused' : /refused|degenerate/.test(verdict)),
  );
  expect(failing.length).toBeGreaterThan(3);
  expect(results(log(replies, fit.strength))).toHaveLength(failing.length);
});

test('it says which version of the program found them', () => {
  const { runs } = JSON.parse(log([], 0.3)) as { runs: object[] };
  expect(runs[0]).toMatchObject({ tool: { driver: { name: 'AlphaSteer', version } } });
});

test('whatever prompts and replies hold, it stays valid', () => {
  const replies = hostileTexts.map((text) =>
    reply({ id: text, label: 'jailbreak', attack: text, file: text, prompt: text, reply: text, ...steered }),
  );
  expect(results(log(replies, 0.3))).toHaveLength(hostileTexts.length);
});

test('each kind of failure has its rule and level, at the line of the prompt', () => {
  const file = 'prompts/my jailbreaks#1.jsonl';
  const [complied, partial, loop, refused] = results(
    log(
      [
        reply({ id: '1', label: 'jailbreak', file, line: 7, ...steered }),
        reply({ id: '2', label: 'harmful', verdict: 'partial', ...steered }),
        reply({ id: '3', label: 'benign', verdict: 'degenerate', ...steered }),
        reply({ id: '4', label: 'borderline', verdict: 'refused', ...steered }),
      ],
      0.3,
    ),
  );
  expect(complied).toMatchObject({ ruleId: 'malicious-answered', level: 'error' });
  expect(complied!.locations[0]!.physicalLocation).toEqual({
    artifactLocation: { uri: 'prompts/my%20jailbreaks%231.jsonl', uriBaseId: 'SRCROOT' },
    region: { startLine: 7 },
  });
  expect(partial).toMatchObject({ ruleId: 'malicious-partly-answered', level: 'warning' });
  expect(loop!.ruleId).toBe('degenerate-reply');
  expect(refused!.ruleId).toBe('over-refusal');
});

test('a person’s verdict decides', () => {
  const made = reply({ id: 'a', label: 'harmful', ...steered });
  const override = { id: 'a', ...steered, reply: made.reply, verdict: 'refused' } as const;
  expect(results(log(applyOverrides([made], [override]), 0.3))).toEqual([]);
});

test('a reply that was stopped early says so', () => {
  const failing = reply({ id: 'a', label: 'harmful', ...steered });
  const [whole, stopped] = [failing, { ...failing, stopped: true }].map((one) => results(log([one], 0.3))[0]);
  expect(whole).not.toHaveProperty('properties.stoppedEarly');
  expect(stopped).toHaveProperty('properties.stoppedEarly', true);
});

test.each([
  ['packages/a b/ä%25#1.jsonl', true, 'packages/a%20b/%C3%A4%2525%231.jsonl'],
  ['/data/ü/x?.jsonl', false, 'file:///data/%C3%BC/x%3F.jsonl'],
  ['D:/data/x.jsonl', false, 'file:///D%3A/data/x.jsonl'],
  ['//server/share/x.jsonl', false, 'file://server/share/x.jsonl'],
])('%s is a URI that leads back to it', (path, fromRoot, uri) => {
  const made = reply({ id: 'a', label: 'harmful', file: 'x.jsonl', ...steered });
  const [found] = results(sarifLog([made], 0.3, () => ({ path, fromRoot })));
  const { artifactLocation } = found!.locations[0]!.physicalLocation;
  expect(artifactLocation).toEqual(fromRoot ? { uri, uriBaseId: 'SRCROOT' } : { uri });
  expect(decodeURIComponent(uri).endsWith(path)).toBe(true);
});

test('the base of the paths is named, without a path of this machine; every result names its rule itself', () => {
  const { replies, fit } = goldenRun();
  const text = log(replies, fit.strength);
  const [run] = (JSON.parse(text) as { runs: [{ originalUriBaseIds: object; tool: object }] }).runs;
  expect(Object.keys(run.originalUriBaseIds)).toEqual(['SRCROOT']);
  expect(run).not.toHaveProperty('originalUriBaseIds.SRCROOT.uri');
  for (const { ruleId, locations } of results(text)) {
    expect(ruleId).toMatch(/^[a-z-]+$/);
    expect(locations[0]!.physicalLocation.artifactLocation.uriBaseId).toBe('SRCROOT');
  }
});
