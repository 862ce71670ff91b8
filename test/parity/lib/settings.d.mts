import type { ResolvedScenario } from './types.ts';

/** The trusted certificates of a scenario as the default configuration. */
export function trust(library: object, scenario: ResolvedScenario): boolean;
