import type { RawTrace, ResolvedScenario } from './types.ts';

/** The trace of one scenario, carried out with `library` (the namespace of the package). */
export function perform(library: object, scenario: ResolvedScenario): Promise<RawTrace>;
