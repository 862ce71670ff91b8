import assert from 'node:assert/strict';
import { QNetworkAccessManager, QNetworkReply, QUrl } from '../../../index.ts';
import { assertBytes, type Trial } from '../case.ts';
import { type ManagerOnTrial, turns, type WatchedReply } from './trial.ts';

/** Reads whatever is there, inside readyRead and at the end, `most` bytes at a time. */
function readAsItComes(watched: WatchedReply, most: number): Buffer[] {
  const pieces: Buffer[] = [];
  watched.on = (what) => {
    if (what !== 'readyRead' && what !== 'finished') return;
    for (let piece = watched.reply.read(most); piece.length > 0; piece = watched.reply.read(most)) pieces.push(piece);
  };
  return pieces;
}

/** What a reply says of itself, and how its body is read. */
export const reading: readonly Trial<ManagerOnTrial>[] = [
  {
    name: 'a reply knows what was asked for',
    async run(trial) {
      const { reply } = await trial.get().end();
      assert.equal(String(reply.request().url()), String(new QUrl(trial.options.url)), 'request().url()');
      assert.equal(reply.operation(), QNetworkAccessManager.GetOperation, 'operation()');
      assert.equal(reply.manager(), trial.manager, 'manager()');
      assert.ok(reply.url().isValid(), 'url() is not valid');
      assert.equal(reply.error(), QNetworkReply.NoError, reply.errorString());
    },
  },
  {
    name: 'all of the body is there in the end',
    async run(trial) {
      const { reply } = await trial.get().end();
      assertBytes(reply.readAll(), trial.body);
      assert.equal(reply.readAll().length, 0, 'there is something after the end');
    },
  },
  {
    name: 'it is complete for who reads as it comes',
    async run(trial) {
      for (const most of [7, 100_000]) {
        const watched = trial.get();
        const pieces = readAsItComes(watched, most);
        await watched.end();
        assert.ok(!pieces.some(({ length }) => length > most), 'read gave more than was asked for');
        assertBytes(Buffer.concat(pieces), trial.body);
      }
    },
  },
  {
    name: 'it is complete for who bounds the read buffer, and reads in his own time',
    async run(trial) {
      const watched = trial.get();
      watched.reply.setReadBufferSize(1000);
      const pieces: Buffer[] = [];
      let over = false;
      const read = async (): Promise<void> => {
        while (!watched.reply.isFinished() && !over) {
          pieces.push(watched.reply.read(1000));
          await turns();
        }
      };
      await trial.soon('the end, when everything was read', read()).finally(() => {
        over = true;
      });
      await watched.end();
      assertBytes(Buffer.concat([...pieces, watched.reply.readAll()]), trial.body);
    },
  },
  {
    name: 'bytes(), text() and for await give it',
    async run(trial) {
      assertBytes(await trial.soon('bytes()', trial.plain().bytes()), trial.body, 'what bytes() gave');
      assert.equal(await trial.soon('text()', trial.plain().text()), trial.body.toString(), 'what text() gave');
      const pieces: Uint8Array[] = [];
      const loop = async (): Promise<void> => {
        for await (const piece of trial.plain()) pieces.push(piece);
      };
      await trial.soon('the end of for await', loop());
      assertBytes(Buffer.concat(pieces), trial.body, 'what for await gave');
    },
  },
  {
    name: 'peek takes nothing, and bytesAvailable counts what can be read',
    async run(trial) {
      const { reply } = await trial.get().end();
      assertBytes(reply.peek(10), trial.body.subarray(0, 10), 'what peek gave');
      assert.equal(reply.bytesAvailable(), trial.body.length, 'bytesAvailable()');
      assertBytes(reply.read(3), trial.body.subarray(0, 3), 'what read gave after it');
      assert.equal(reply.bytesAvailable(), Math.max(0, trial.body.length - 3), 'bytesAvailable() after a read');
    },
  },
  {
    name: 'readyRead says that there is something, after metaDataChanged has said what',
    async run(trial) {
      const watched = trial.get();
      const available: number[] = [];
      watched.on = (what) => {
        if (what === 'readyRead') available.push(watched.reply.readAll().length);
      };
      const { said } = await watched.end();
      assert.ok(available.length > 0, `readyRead never came: ${said.join(' ')}`);
      assert.ok(!available.includes(0), 'readyRead came, and nothing could be read');
      assert.ok(said.lastIndexOf('metaDataChanged') < said.indexOf('readyRead'), `metaDataChanged came late: ${said.join(' ')}`);
    },
  },
  {
    name: 'progress goes forward, to the length of the body and no further',
    async run(trial) {
      const { progress } = await trial.get().end();
      let before = 0;
      for (const [received, total] of progress) {
        assert.ok(received >= before, `downloadProgress went back from ${before} to ${received}`);
        assert.ok(total < 0 || received <= total, `downloadProgress says ${received} of ${total}`);
        before = received;
      }
      if (progress.length > 0) assert.equal(before, trial.body.length, 'the last downloadProgress');
    },
  },
  {
    name: 'two replies do not get mixed up',
    async run(trial) {
      const [first, second] = [trial.get(), trial.get()];
      assert.notEqual(first.reply, second.reply, 'the same reply was given twice');
      const pieces = readAsItComes(first, 7);
      await Promise.all([first.end(), second.end()]);
      assertBytes(Buffer.concat(pieces), trial.body, 'the first body');
      assertBytes(second.reply.readAll(), trial.body, 'the second body');
    },
  },
];
