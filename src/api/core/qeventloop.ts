import { afterTurn } from '../../base/clock.ts';
import { QObject } from './qobject.ts';

/**
 * Qt's local event loop in a shape that Node allows: `exec()` cannot block, it returns a promise, and everything else goes on meanwhile.
 *
 *     const loop = new QEventLoop();
 *     reply.finished.connect(loop.quit);
 *     await loop.exec();
 *
 * As in Qt, `quit()` before `exec()` has no effect: connect to something that is still to come, or use `await reply.whenFinished()`,
 * which also knows what came already.
 */
export class QEventLoop extends QObject {
  private running: { resolve: (code: number) => void; reject: (error: Error) => void } | null = null;

  /** Slot, already bound: ends the loop with code 0. */
  readonly quit = (): void => this.exit(0);

  /** Resolves with the code given to `exit()`, 0 after `quit()`. Rejects when it runs already, and when the loop is deleted. */
  exec(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.assertAlive('exec');
      if (this.running !== null) throw new Error('QEventLoop.exec(): the loop is running already; make another one to nest');
      this.running = { resolve, reject };
    });
  }

  /** Ends the loop. Default code: 0. Does nothing when the loop is not running. */
  exit(code = 0): void {
    const { running } = this;
    this.running = null;
    running?.resolve(code);
  }

  isRunning(): boolean {
    return this.running !== null;
  }

  /** Lets one turn of the event loop pass; waiting I/O and deferred deletions have been seen when it resolves. */
  processEvents(): Promise<void> {
    return new Promise(afterTurn);
  }

  protected override destructing(): void {
    const { running } = this;
    this.running = null;
    running?.reject(new Error('QEventLoop.exec(): the loop was deleted while it ran'));
    super.destructing();
  }
}
