// @ts-check
// Answers squid for its `auth_param ntlm program`: `squid-helper.mjs FILE`, where FILE has the accounts as JSON. A line in, a line out.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { NtlmAcceptor } from './acceptor.mjs';

const accounts = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
let acceptor = new NtlmAcceptor(accounts);

/** @param {string} line */
function answer(line) {
  const [word, token = ''] = line.split(' ');
  const message = Buffer.from(token, 'base64');
  if (word === 'YR') {
    acceptor = new NtlmAcceptor(accounts);
    return `TT ${acceptor.challenge(message).toString('base64')}`;
  }
  const user = acceptor.accept(message);
  return user === null ? 'NA wrong name or password' : `AF ${user}`;
}

for await (const line of createInterface(process.stdin)) {
  try {
    console.log(answer(line));
  } catch (problem) {
    console.log(`NA ${problem instanceof Error ? problem.message : problem}`);
  }
}
