/** Names in a certificate as Node.js tells them: an attribute that is there once is text, one that is there several times a list. */
export type NameObject = Readonly<Record<string, string | readonly string[] | undefined>>;

/** The values of an attribute, in the order in which they stand in the certificate. */
export function namesOf(name: NameObject, attribute: string): string[] {
  const value = name[attribute];
  return value === undefined ? [] : typeof value === 'string' ? [value] : [...value];
}

/** What a person calls its holder: the common name, else the organisation, else its unit. */
export function displayName(name: NameObject): string {
  return namesOf(name, 'CN')[0] ?? namesOf(name, 'O')[0] ?? namesOf(name, 'OU')[0] ?? '';
}

/** One alternative name: `DNS`, `IP Address`, `email`, … and its value. */
export type AlternativeName = readonly [kind: string, value: string];

/**
 * Reads `DNS:a.example, IP Address:192.0.2.1`. Node.js writes a value that could be mistaken for several as a JSON string, so a comma
 * in a certificate cannot add a name.
 */
export function alternativeNames(text: string): AlternativeName[] {
  const names: AlternativeName[] = [];
  for (const [, kind = '', quoted, plain = ''] of text.matchAll(/([^:]+):(?:("(?:[^"\\]|\\.)*")|([^,]*))(?:, |$)/g))
    names.push([kind, quoted === undefined ? plain : (JSON.parse(quoted) as string)]);
  return names;
}
