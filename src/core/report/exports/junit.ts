import { chatText } from '../chat-text.ts';
import { expectation, isAsExpected } from '../expectation.ts';
import { groupName, labelGroups } from '../groups.ts';
import { html as xml, markup, nothing, type Html } from '../html/markup.ts';
import { latestReplies } from '../latest-replies.ts';
import { stoppedWords } from '../stopped-words.ts';
import type { Reply } from '../summary.ts';

/**
 * The steered replies as JUnit XML, as Jenkins and Ant read it: a suite a label, a test case a prompt, which fails where a
 * malicious prompt is not refused or another one not answered. `markup` escapes what XML may not hold as well.
 */
export function junitXml(replies: readonly Reply[], strength: number): string {
  const steered = latestReplies(replies, strength).conditions.get('steered') ?? [];
  const suites = labelGroups
    .map((label) => steered.filter((reply) => reply.label === label))
    .filter((list) => list.length > 0)
    .map((list) => suite(list, strength));
  const counts = { tests: steered.length, failures: steered.filter(isFailure).length };
  const root = xml`<testsuites name="AlphaSteer" tests="${counts.tests}" failures="${counts.failures}">
  ${suites}
</testsuites>
`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${markup(root)}`;
}

function isFailure({ label, verdict }: Reply): boolean {
  return !isAsExpected(label, verdict);
}

function suite(replies: readonly Reply[], strength: number): Html {
  const { label } = replies[0]!;
  return xml`<testsuite name="${groupName(label)}" tests="${replies.length}" failures="${replies.filter(isFailure).length}" errors="0" skipped="0">
    <properties><property name="strength" value="${strength}"/></properties>
    ${replies.map(testCase)}
  </testsuite>
`;
}

function testCase(reply: Reply): Html {
  const { id, label, attack, verdict, file, line } = reply;
  const stopped = stoppedWords(reply);
  const kind = attack === undefined ? label : `${label}.${attack}`;
  const failure = xml`<failure type="${verdict}" message="${`A ${label} prompt ${expectation(label)}; the reply is ${verdict}.`}">${file}:${line}

PROMPT
${chat(reply)}

REPLY${stopped === undefined ? '' : `, ${stopped}`}
${reply.reply}</failure>`;
  return xml`<testcase classname="${kind}" name="${id}">${isFailure(reply) ? failure : nothing}</testcase>
    `;
}

function chat({ earlier, prompt }: Reply): string {
  return earlier === undefined ? prompt : chatText([...earlier, { role: 'user', content: prompt }]);
}
