// Recording what a manager sends and gets as HAR 1.2, and answering from such a record: `import { recordHar } from 'qnetwork/har'`.
export type { AnswerOptions } from './tools/har/answers.ts';
export { type DiffOptions, diffHar, type HarDiff, type HarDifference } from './tools/har/diff.ts';
export {
  type Har,
  type HarContent,
  type HarCookie,
  type HarEntry,
  HarError,
  type HarFailure,
  type HarLog,
  type HarNameValue,
  type HarPostData,
  type HarRequest,
  type HarResponse,
  type HarTimings,
  type HarTool,
} from './tools/har/format.ts';
export type { MatchOptions } from './tools/har/match.ts';
export { parseHar } from './tools/har/read.ts';
export { HarRecording, type RecordOptions, recordHar } from './tools/har/record.ts';
export { HarReplay, type ReplayOptions, replayHar } from './tools/har/replay.ts';
