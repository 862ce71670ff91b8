// RFC 6265bis 5.6 and 5.7: how big a cookie may be, and what it may be made of.

/** Octets of name and value together. */
const MOST_OCTETS = 4096;
/** Octets of an attribute's value; one that is longer is passed over. */
const MOST_ATTRIBUTE = 1024;

/** Control characters but the tab: a cookie with one is ignored. */
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f]/;
/** What no field value can hold, whichever standard is followed. */
const BREAKS = /[\x00\x0a\x0d]/;

export function isTooBig(name: string, value: string): boolean {
  return name.length + value.length > MOST_OCTETS;
}

export function isAttributeTooBig(value: string): boolean {
  return value.length > MOST_ATTRIBUTE;
}

export function hasControls(text: string): boolean {
  return CONTROLS.test(text);
}

export function hasBreaks(text: string): boolean {
  return BREAKS.test(text);
}

/** Why a text cannot be a cookie's name or value, as the end of a sentence; '' when it can. Never repeats it: it may be a secret. */
export function cookieTextProblem(text: string, isName: boolean): string {
  if (hasControls(text)) return 'contains a control character';
  if (text.includes(';')) return 'contains ";"';
  return isName && text.includes('=') ? 'contains "="' : '';
}
