// RFC 7617: Basic. Octets are UTF-8 whatever the server says about it, as in browsers; Latin-1 was never agreed upon.

/** What keeps this name and password from being sent, as the end of a sentence; '' when nothing does. Never repeats them. */
export function basicProblem(user: string, password: string): string {
  // RFC 7617 2: the first colon ends the name, so the server would read another one
  if (user.includes(':')) return 'has a colon in the user name, where Basic ends it';
  if (/[\0-\x1f\x7f]/.test(user)) return 'has a control character in the user name';
  return /[\0-\x1f\x7f]/.test(password) ? 'has a control character in the password' : '';
}

/** The value of Authorization or Proxy-Authorization; `utf8` = the server says that it reads UTF-8. */
export function basicAnswer(user: string, password: string, utf8 = false): string {
  return `Basic ${Buffer.from(agreedForm(`${user}:${password}`, utf8), 'utf8').toString('base64')}`;
}

/** Who says UTF-8 means the composed form as well, NFC. */
export function agreedForm(text: string, utf8: boolean): string {
  return utf8 ? text.normalize('NFC') : text;
}
