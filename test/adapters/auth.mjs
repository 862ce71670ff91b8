// Door for the vectors of authentication: what is sent in answer to a challenge. The package answers servers and shows its answers to
// nobody, and random numbers and clocks are its own there; so the rules are asked directly, from their sources.
//   node …/check-vectors.mjs --adapter test/adapters/auth.mjs
import { createViteServer } from 'vitest/node';

export const name = 'qnetwork';

const root = new URL('../../', import.meta.url).pathname;
const loader = await createViteServer({
  root,
  configFile: false,
  logLevel: 'error',
  server: { middlewareMode: true, watch: null, ws: false },
});
const load = (file) => loader.ssrLoadModule(`/src/rules/auth/${file}.ts`);
const { basicAnswer } = await load('basic');
const { parseChallenges } = await load('challenges');
const { digestHash, readDigest } = await load('digest');
const { DigestSession } = await load('digest-session');
const { ntlmv2Response, ntowfv2 } = await load('ntlmv2');
await loader.close();

export function digest({ method, uri, username, password, challenge, cnonce, body }) {
  const [offered] = parseChallenges([challenge]);
  const session = new DigestSession(readDigest(offered), username, password, cnonce ?? '');
  return session.answer({ method, target: uri, body: (hash) => digestHash(hash, Buffer.from(body ?? '')) }).value;
}

export const basic = ({ username, password, charset }) => basicAnswer(username, password, charset === 'UTF-8');

export function ntlmv2({ user, domain, password, serverChallenge, clientChallenge, time, targetInfo }) {
  const [nonce, own, at, target] = [serverChallenge, clientChallenge, time, targetInfo].map((hex) => Buffer.from(hex, 'hex'));
  const { nt, lm, sessionBaseKey } = ntlmv2Response(ntowfv2({ user, domain }, password), nonce, own, at, target);
  return {
    ntProofStr: nt.toString('hex', 0, 16),
    lmv2Response: lm.toString('hex'),
    sessionBaseKey: sessionBaseKey.toString('hex'),
  };
}
