import { execFileSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';

/** Runs in a process of its own. What stands for VS Code's API there has every name and takes every call. */
const list = `
const Module = require('node:module');
const anything = new Proxy(() => undefined, {
  get: (_, name) => (name === Symbol.toPrimitive ? () => '' : name === Symbol.iterator ? () => [].values() : anything),
  apply: () => anything,
  getPrototypeOf: () => anything,
});
const load = Module._load;
Module._load = (name, ...others) => (name === 'vscode' ? anything : load(name, ...others));
const [folder] = process.argv.slice(1);
const Mocha = require('mocha');
const mocha = new Mocha({ ui: 'tdd' });
for (const file of require('node:fs').readdirSync(folder))
  if (file.endsWith('.test.cjs')) mocha.addFile(folder + '/' + file);
mocha.loadFiles();
const names = [];
mocha.suite.eachTest((test) => names.push(test.fullTitle()));
process.stdout.write(JSON.stringify(names));
`;

/** The names of a suite's tests, none of which runs. @param entry the suite's, as it is built for VS Code */
export function listSuite(entry: string): string[] {
  const listed = execFileSync(process.execPath, ['-e', list, dirname(entry)], { cwd: resolve('.'), encoding: 'utf8' });
  return JSON.parse(listed) as string[];
}
