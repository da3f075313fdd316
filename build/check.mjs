/**
 * Every script of package.json whose name begins with `check:`, as many at once as there are processors. What each says
 * is printed whole, in their order; the exit status is 1 where one fails.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
/** The longest first, so that none is left alone at the end. */
const longest = ['check:lint', 'check:types'];
const names = [...new Set([...longest, ...Object.keys(scripts).filter((name) => name.startsWith('check:'))])];

/** What it said, and whether it failed. `npm run` has put the tools' folder on the path. */
function run(name) {
  return new Promise((resolve, reject) => {
    const child = spawn(scripts[name], { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
    child.once('error', reject).once('close', (status) => resolve({ said, failed: status !== 0 }));
  });
}

const waiting = [...names];
const results = new Map();
let printed = 0;

async function work() {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    results.set(name, await run(name));
    for (; results.has(names[printed]); printed++) {
      const { said, failed } = results.get(names[printed]);
      console.log(`${failed ? 'FAIL' : 'ok  '} ${names[printed]}${said === '' ? '' : `\n${said.trimEnd()}`}`);
    }
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
if ([...results.values()].some(({ failed }) => failed)) process.exitCode = 1;
