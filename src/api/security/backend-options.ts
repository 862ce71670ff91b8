import { contextProblem } from '../bridge/tls-facts.ts';

type Options = Parameters<typeof contextProblem>[0];

/** Commands of OpenSSL's configuration files and what they are for Node.js. */
const COMMANDS: Readonly<Record<string, (value: string) => Options>> = {
  CipherString: (ciphers) => ({ ciphers }),
  Ciphersuites: (ciphers) => ({ ciphers }),
  Groups: (ecdhCurve) => ({ ecdhCurve }),
  Curves: (ecdhCurve) => ({ ecdhCurve }),
  SignatureAlgorithms: (sigalgs) => ({ sigalgs }),
  MinProtocol: (version) => ({ minVersion: version as NonNullable<Options['minVersion']> }),
  MaxProtocol: (version) => ({ maxVersion: version as NonNullable<Options['maxVersion']> }),
};

/** A command that can be given, in its usual spelling. Throws a RangeError for any other. */
export function checkedOption(name: string, value: string): [name: string, value: string] {
  const where = 'QSslConfiguration.setBackendConfiguration';
  const known = Object.keys(COMMANDS).find((one) => one.toLowerCase() === name.toLowerCase());
  if (known === undefined)
    throw new RangeError(`${where}: there is no command ${name} here; there are ${Object.keys(COMMANDS).join(', ')}.`);
  const problem = contextProblem(COMMANDS[known]!(value));
  if (problem !== '' || value === '') throw new RangeError(`${where}: ${known} cannot be '${value}' (${problem || 'nothing'}).`);
  return [known, value];
}
