import assert from 'node:assert/strict';
import { QNetworkReply, QNetworkReplyError } from '../../../index.ts';
import type { Trial } from '../case.ts';
import { type ManagerOnTrial, turns } from './trial.ts';

const { NoError, OperationCanceledError } = QNetworkReply;

/** How a reply ends: by itself, with an error, by abort(), and by its deletion. */
export const ending: readonly Trial<ManagerOnTrial>[] = [
  {
    name: 'finished comes once, and nothing comes after it',
    async run(trial) {
      const watched = await trial.get().end();
      watched.assertOver();
      assert.equal(watched.count('errorOccurred'), 0, 'errorOccurred came');
    },
  },
  {
    name: 'the manager says finished once, before the reply does',
    async run(trial) {
      const watched = await trial.get().end();
      assert.equal(watched.count('manager finished'), 1, watched.said.join(' '));
      const { said } = watched;
      assert.ok(said.indexOf('manager finished') < said.indexOf('finished'), said.join(' '));
    },
  },
  {
    name: 'a reply is finished when it says so',
    async run(trial) {
      const watched = trial.get();
      const states: boolean[] = [];
      watched.on = (what) => {
        if (what === 'finished') states.push(watched.reply.isFinished(), watched.reply.isRunning());
      };
      await watched.end();
      assert.deepEqual(states, [true, false], 'isFinished() and isRunning() inside finished');
    },
  },
  {
    name: 'abort at once ends it, with nothing but the error',
    async run(trial) {
      const watched = trial.get();
      // what is served within the call is over already
      if (watched.reply.isFinished()) return;
      watched.reply.abort();
      await watched.end();
      watched.assertOver();
      assert.equal(watched.reply.error(), OperationCanceledError, 'error()');
      assert.equal(watched.count('errorOccurred'), 1, `errorOccurred: ${watched.said.join(' ')}`);
      assert.equal(watched.count('readyRead'), 0, 'readyRead came after abort()');
    },
  },
  {
    name: 'abort inside a signal ends it, too',
    async run(trial) {
      for (const moment of ['metaDataChanged', 'readyRead']) {
        const watched = trial.get();
        let said = -1;
        watched.on = (what) => {
          if (what !== moment || said >= 0 || watched.reply.isFinished()) return;
          said = watched.said.length;
          watched.reply.abort();
        };
        await watched.end();
        watched.assertOver();
        if (said < 0) continue;
        const late = watched.said.slice(said).filter((what) => what === 'readyRead' || what === 'metaDataChanged');
        assert.deepEqual(late, [], `came after abort() inside ${moment}`);
        assert.equal(watched.reply.error(), OperationCanceledError, `error() after abort() inside ${moment}`);
      }
    },
  },
  {
    name: 'abort after the end does nothing',
    async run(trial) {
      const watched = await trial.get().end();
      watched.reply.abort();
      await turns();
      watched.assertOver();
      assert.equal(watched.reply.error(), NoError, 'error()');
    },
  },
  {
    name: 'a reply that was deleted is silent',
    async run(trial) {
      const watched = trial.get();
      watched.reply.deleteLater();
      watched.on = (what) => {
        if (what === 'destroyed') watched.said.length = 0;
      };
      await watched.end();
      await turns();
      assert.deepEqual(watched.said, [], 'came after destroyed');
    },
  },
  {
    name: 'a failure is told once, before finished, and stays known',
    on: 'failing',
    async run(trial) {
      const watched = trial.get(trial.options.failing);
      let inside: number = NoError;
      watched.on = (what) => {
        if (what === 'errorOccurred') inside = watched.reply.error();
      };
      await watched.end();
      watched.assertOver();
      assert.equal(watched.count('errorOccurred'), 1, `errorOccurred: ${watched.said.join(' ')}`);
      assert.notEqual(inside, NoError, 'error() inside errorOccurred');
      assert.equal(watched.reply.error(), inside, 'error() after the end');
      assert.notEqual(watched.reply.errorString(), '', 'errorString() is empty');
    },
  },
  {
    name: 'a failure rejects the promises',
    on: 'failing',
    async run(trial) {
      const reply = trial.plain(trial.options.failing);
      const outcome = await trial.soon(
        'text()',
        reply.text().then(
          (text) => `the text ${JSON.stringify(text)}`,
          (error: unknown) => error,
        ),
      );
      assert.ok(outcome instanceof QNetworkReplyError, `text() gave ${String(outcome)}, and no QNetworkReplyError`);
    },
  },
];
