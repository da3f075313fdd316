import type { Label } from '../../prompts/prompt.ts';
import { chatText } from '../chat-text.ts';
import { expectation, isAsExpected } from '../../evaluation/replies/expectation.ts';
import { groupName, labelGroups } from '../../evaluation/data/groups.ts';
import { html as xml, markup, nothing, type Html } from '../html/markup.ts';
import { latestReplies } from '../../evaluation/replies/latest-replies.ts';
import { stoppedWords } from '../words/reply-words.ts';
import type { Reply } from '../../evaluation/data/summary.ts';

/**
 * The steered replies as JUnit XML, as Jenkins and Ant read it: a suite a label, a test case a prompt, which fails where a
 * malicious prompt is not refused or another one not answered. A prompt that only base replied to, in a comparison that did
 * not come to its end, is an error: a few tests that pass must not stand for all. `markup` escapes what XML may not hold as well.
 */
export function junitXml(replies: readonly Reply[], strength: number): string {
  const { conditions } = latestReplies(replies, strength);
  const steered = conditions.get('steered') ?? [];
  const replied = new Set(steered.map(({ id }) => id));
  const missing = (conditions.get('base') ?? []).filter(({ id }) => !replied.has(id));
  const of = (list: readonly Reply[], label: Label): Reply[] => list.filter((reply) => reply.label === label);
  const suites = labelGroups
    .map((label) => [of(steered, label), of(missing, label)] as const)
    .filter(([made, without]) => made.length + without.length > 0)
    .map(([made, without]) => suite(made, without, strength));
  const tests = steered.length + missing.length;
  const failures = steered.filter(isFailure).length;
  const root = xml`<testsuites name="AlphaSteer" tests="${tests}" failures="${failures}" errors="${missing.length}">
  ${suites}
</testsuites>
`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${markup(root)}`;
}

function isFailure({ label, verdict }: Reply): boolean {
  return !isAsExpected(label, verdict);
}

function suite(made: readonly Reply[], missing: readonly Reply[], strength: number): Html {
  const { label } = [...made, ...missing][0]!;
  return xml`<testsuite name="${groupName(label)}" tests="${made.length + missing.length}" failures="${made.filter(isFailure).length}" errors="${missing.length}" skipped="0">
    <properties><property name="strength" value="${strength}"/></properties>
    ${made.map(testCase)}${missing.map(missingCase)}
  </testsuite>
`;
}

function kindOf({ label, attack }: Reply): string {
  return attack === undefined ? label : `${label}.${attack}`;
}

function missingCase(base: Reply): Html {
  const error = xml`<error type="missing" message="There is no steered reply.">${base.file}:${base.line}</error>`;
  return xml`<testcase classname="${kindOf(base)}" name="${base.id}">${error}</testcase>
    `;
}

function testCase(reply: Reply): Html {
  const { id, label, verdict, file, line } = reply;
  const stopped = stoppedWords(reply);
  const failure = xml`<failure type="${verdict}" message="${`A ${label} prompt ${expectation(label)}; the reply is ${verdict}.`}">${file}:${line}

PROMPT
${chat(reply)}

REPLY${stopped === undefined ? '' : `, ${stopped}`}
${reply.reply}</failure>`;
  return xml`<testcase classname="${kindOf(reply)}" name="${id}">${isFailure(reply) ? failure : nothing}</testcase>
    `;
}

function chat({ earlier, prompt }: Reply): string {
  return earlier === undefined ? prompt : chatText([...earlier, { role: 'user', content: prompt }]);
}
