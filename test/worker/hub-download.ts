/** Downloads `owner/name` as a process of its own, for a test: a line of JSON for each progress, and at the end the folder. */
import { hubModel, hubOfEnvironment } from '../../src/worker/model-files/hub-model.ts';

const say = (value: object): void => console.log(JSON.stringify(value));
const [cache] = process.argv.slice(2) as [string];
const hub = { ...hubOfEnvironment(process.env), cache };
const nothing = (): void => undefined;
const job = { progress: say, problem: nothing, text: nothing, log: nothing, checkpoint: () => Promise.resolve() };
say(await hubModel('owner/name', 'q4', hub, job));
