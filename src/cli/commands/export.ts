import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { exportFormats, type ExportFormat } from '../../core/report/exports/formats.ts';
import { exportRun } from '../../workspace/runs/export-run.ts';
import { findRun } from '../../workspace/runs/run-folder.ts';
import { runCommand } from '../run-command.ts';
import { runOnFiles } from '../run-on-files.ts';
import { ending } from './ending.ts';

interface ExportOptions {
  to: ExportFormat['id'] | 'onnx';
  out: string;
  workspace: string;
  json?: boolean;
}

export function exportCommand(program: Command): void {
  program
    .command('export')
    .description(
      'save a run as a report, a table, test results, findings or a steering, with the verdicts of people in it',
    )
    .argument('<run>', 'run folder or its name')
    .addOption(
      new Option('--to <format>', 'what to save it as')
        .choices([...exportFormats.map(({ id }) => id), 'onnx'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <path>', 'file to write; for onnx a folder, of a steered model')
    .option('--workspace <dir>', 'folder with an alphasteer.json', '.')
    .option('--json', 'print one JSON document on stdout')
    .action(
      ending(async (run: string, { to: format, ...options }: ExportOptions) => {
        const out = resolve(options.out);
        const workspace = resolve(options.workspace);
        const json = options.json === true;
        if (format === 'onnx') {
          return runCommand({
            call: 'exportOnnx',
            params: { workspace, run, out },
            json,
            print: ({ files, strength }) =>
              `Saved the steered model (strength ${strength}, ${files.length} files) to ${out}.`,
          });
        }
        return runOnFiles({
          work: async (report) => {
            const folder = await findRun(workspace, run);
            const note = await exportRun(folder, { format, out, built: import.meta.dirname, workspace }, report);
            return { run: folder, format, out, ...(note !== undefined && { note }) };
          },
          json,
          print: ({ note }) => `Saved to ${out}.${note === undefined ? '' : ` ${note}`}`,
        });
      }),
    );
}
