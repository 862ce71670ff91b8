import { WORLD, type World } from '../../../src/contract/door.ts';
import { QNetworkAccessManager } from '../../../src/index.ts';
import type { TestNetwork } from '../../../src/testing/network/network.ts';

/** What a manager of the network would run on, for those who speak to the port themselves. */
export function worldOf(network: TestNetwork): World {
  let world: World | null = null;
  class Spy extends QNetworkAccessManager {
    override [WORLD](given: World): void {
      world = given;
    }
  }
  network.manager(new Spy());
  return world!;
}
