import { contextProblem, defaultCiphers } from '../bridge/tls-facts.ts';
import { type CipherFacts, knownCiphers } from './cipher-facts.ts';

/** The suites that a text in OpenSSL's format names, or that the default offers as far as Node.js lists them; preferred ones first. */
export function chosenCiphers(text: string): CipherFacts[] {
  const known = knownCiphers();
  const rule = text === '' ? defaultCiphers() : text;
  const named = rule.split(':').flatMap((name) => known.get(name) ?? []);
  if (text !== '') return named;
  const others = [...known.values()].filter((facts) => isStrong(facts) && !named.includes(facts));
  return [...named, ...others];
}

/** What `HIGH` adds to the names in Node.js's default. */
function isStrong({ name, authentication, bits }: CipherFacts): boolean {
  return !/^TLS_|PSK|SRP|CAMELLIA/.test(name) && authentication !== 'None' && bits >= 128;
}

/** The text for what was given, checked: a RangeError says what OpenSSL does not know. */
export function cipherText(names: readonly string[], where: string): string {
  const text = names.join(':');
  const problem = text === '' ? '' : contextProblem({ ciphers: text });
  if (problem !== '') throw new RangeError(`${where}: OpenSSL has no cipher suites for '${text}' (${problem}).`);
  return text;
}
