/** Parts of names that say: the value is a secret. Names are compared without case, `-`, `_` and `.`. */
const PARTS =
  /token|secret|passw|passphrase|passcode|passkey|userpass|apikey|accesskey|privatekey|authkey|sessionkey|signingkey|encryptionkey|masterkey|subscriptionkey|consumerkey|credential|signature|sessionid|sessid|authorization|jwt|clientassertion|oauthverifier|devicecode|usercode|authcode|connectionstring/;
/** Names that are all of it. */
const WHOLE: ReadonlySet<string> = new Set(
  'assertion auth bearer code codeverifier csrf hmac key nonce otp pass pin pw pwd samlart samlrequest samlresponse session sid sig ticket totp xsrf'.split(
    ' ',
  ),
);
/** What is only about a secret: its kind, where one is had, how long it holds. */
const ABOUT =
  /(?:tokentype|(?:token|authorization)(?:url|uri|endpoint)|signature(?:method|version|algorithm)|expires(?:in|at|on)?|supported)$/;

/** Whether a parameter, a form field or a member of a JSON object of this name holds a secret; `own` are further names, in lower case. */
export function isSecretName(name: string, own: readonly string[] = []): boolean {
  const lower = name.toLowerCase();
  // as forms have it: user[key]
  const last = /\[([^[\]]+)\]$/.exec(lower)?.[1] ?? lower;
  return WHOLE.has(bare(last)) || isTellingName(lower) || own.includes(lower);
}

/** The same by parts of the name alone: for places where `key` and `code` are mostly something else. */
export function isTellingName(name: string): boolean {
  const plain = bare(name.toLowerCase());
  return PARTS.test(plain) && !ABOUT.test(plain);
}

/** Numbers of this name count something, as `max_tokens` does. */
export function isCountName(name: string): boolean {
  return /tokens/.test(bare(name.toLowerCase()));
}

function bare(name: string): string {
  return name.replace(/[-_.]/g, '');
}
