import type { Margins } from '../../../../src/core/config.ts';

/** Margins as a user might fix them. */
export const margins: Margins = {
  seenRefused: 0.9,
  unseenRefused: 0.75,
  harmfulRise: 0,
  benignRise: 0.02,
  borderlineRise: 0.05,
  degenerateRise: 0,
};
