import type { ControlFit } from '../../../core/controls/control-fit.ts';
import type { Steering } from '../../fit/steering-file.ts';

/** A control whose strength is chosen. */
export interface FittedControl {
  readonly chosen: ControlFit;
  readonly steering: Steering;
  /** What decided steering and strength, hashed. */
  readonly recipe: string;
}
