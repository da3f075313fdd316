/** `alphasteer`: the same core and the same worker as in the editor, without one. */
import { Command, CommanderError } from 'commander';
import { version } from '../core/version.ts';
import { activationsCommand } from './commands/activations.ts';
import { askCommand } from './commands/ask.ts';
import { attackCommand } from './commands/attack.ts';
import { compareCommand } from './commands/compare.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { exportCommand } from './commands/export.ts';
import { fitCommand } from './commands/fit.ts';
import { importCommand } from './commands/import.ts';
import { inspectCommand } from './commands/inspect.ts';
import { judgeCommand } from './commands/judge.ts';
import { tellOutputErrors } from './output-errors.ts';
import { exitStatus } from './run-command.ts';

const program = new Command('alphasteer')
  .description('Fit AlphaSteer refusal steering on your prompts and a local ONNX chat model, and see what it changed.')
  .version(version)
  .configureHelp({ helpWidth: 100 })
  .showHelpAfterError('(alphasteer --help says more)')
  .exitOverride();

/** In the order of the help. */
const commands = [
  fitCommand,
  compareCommand,
  askCommand,
  attackCommand,
  activationsCommand,
  importCommand,
  inspectCommand,
  doctorCommand,
  judgeCommand,
  exportCommand,
  diffCommand,
];
for (const add of commands) add(program);

tellOutputErrors();
process.exitCode = exitStatus.done;
try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitStatus.done : exitStatus.usage;
}
