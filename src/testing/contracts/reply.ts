import { type ContractCase, casesOf } from './case.ts';
import { ending } from './reply/ending.ts';
import { reading } from './reply/reading.ts';
import { ManagerOnTrial, type ReplyContractOptions } from './reply/trial.ts';

export type { ReplyContractOptions };

/**
 * What callers count on with every QNetworkReply, as cases for any test runner: for a subclass of yours, or a manager whose `createRequest` answers a
 * scheme of its own. Each makes a manager of its own and asks it as a program does.
 *
 *     import { replyContract } from 'qnetwork/testing';
 *     import { test } from 'node:test';
 *
 *     const options = { make: () => new HelpManager(), url: 'help:files', body: 'Help about files', failing: 'help:' };
 *     for (const { name, run } of replyContract(options)) test(name, run);
 */
export function replyContract(options: ReplyContractOptions): readonly ContractCase[] {
  const made = async (): Promise<ManagerOnTrial> => new ManagerOnTrial(await options.make(), options);
  return casesOf([...reading, ...ending], { make: made, failing: options.failing === undefined ? undefined : made }, (trial) =>
    trial.dispose(),
  );
}
