export type { TestAnswer as Answer } from '../../src/testing/server/answer.ts';
export type { TestRoute as Route } from '../../src/testing/server/origin.ts';
export type { TestRequest as SeenRequest } from '../../src/testing/server/request.ts';
export {
  createTestServer as serve,
  type TestServer as Served,
  type TestServerScript as Origin,
} from '../../src/testing/server/server.ts';
