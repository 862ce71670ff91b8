export { Listening } from '../../src/testing/server/listening.ts';
