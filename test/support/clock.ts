import { TestClock } from '../../src/testing/network/clock.ts';

/** A clock that stands still until the test moves it. */
export class ManualClock extends TestClock {
  constructor(wall?: number) {
    super(wall === undefined ? {} : { wall });
  }
}
