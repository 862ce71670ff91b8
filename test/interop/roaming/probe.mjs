// @ts-check
// Connects by node:net alone, to show what the links of these tests are: {"do":"connect","from":…,"to":…,"port":…} asks /whoami.
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/** @param {string} event @param {object} details */
const say = (event, details) =>
  void process.stdout.write(`${JSON.stringify({ event, at: performance.timeOrigin + performance.now(), ...details })}\n`);

say('ready', {});
createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { name, from, to, port, path } = JSON.parse(line);
    const socket = connect({ host: to, port, ...(from === '' ? {} : { localAddress: from }) });
    socket.on('connect', () => {
      say('connected', { name, local: socket.localAddress });
      socket.write(`GET ${path} HTTP/1.1\r\nHost: server\r\nConnection: close\r\n\r\n`);
    });
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      say('data', { name, bytes: text.length });
    });
    socket.on('error', (problem) => say('error', { name, code: /** @type {any} */ (problem).code }));
    socket.on('close', () => {
      const body = text.slice(text.indexOf('\r\n\r\n') + 4);
      say('closed', { name, text: body.slice(0, 100), bytes: body.length });
    });
  })
  .on('close', () => process.exit(0));
