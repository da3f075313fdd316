import { HumanError } from '../../problem.ts';

/** Why a `.pt` file is not read, and how to get one that is. */
export function unreadable(file: string, message: string): HumanError {
  return new HumanError({
    file,
    message: `This file is not read as a steering matrix: ${message}.`,
    fix: 'Save the tensor [layers, d, d] alone with PyTorch 1.6 or newer: torch.save(matrix.float().contiguous(), FILE).',
  });
}
