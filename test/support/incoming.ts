export type { TestRequest as SeenRequest } from '../../src/testing/server/request.ts';
