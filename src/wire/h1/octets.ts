/** What an octet may be part of; one table look-up decides. */
export const TOKEN = 1; // RFC 9110 5.6.2
export const TEXT = 2; // field values and reason phrases: HTAB, SP, VCHAR, obs-text (RFC 9110 5.5)
export const DIGIT = 4;
export const HEX = 8;

export const KIND: Uint8Array = (() => {
  const kind = new Uint8Array(256);
  for (let i = 32; i < 256; i++) if (i !== 127) kind[i] = TEXT;
  kind[9] = TEXT;
  const mark = (chars: string, bit: number): void => {
    for (const c of chars) kind[c.charCodeAt(0)]! |= bit;
  };
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
  mark(letters + "0123456789!#$%&'*+-.^_`|~", TOKEN);
  mark('0123456789', DIGIT);
  mark('0123456789abcdefABCDEF', HEX);
  return kind;
})();
