import type { Credentials } from '../../contract/auth.ts';
import type { Keyring } from '../../contract/keyring.ts';
import type { Heights } from './heights.ts';
import type { People } from './people.ts';
import type { Questions } from './questions.ts';
import type { SchemeTools } from './schemes/scheme.ts';

/** What all conversations share. */
export interface AuthDesk {
  readonly keyring: Keyring;
  readonly questions: Questions;
  readonly people: People;
  readonly heights: Heights;
  readonly tools: SchemeTools;
  /** Name and password for a host, from a file of the user's; null = none. */
  readonly netrc: ((host: string) => Credentials | null) | null;
  /** A peer that has accepted a stronger scheme may ask for a weaker one. */
  readonly allowWeaker: boolean;
}
