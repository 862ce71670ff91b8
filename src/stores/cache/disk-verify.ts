import { bodyFile, type DiskAnswer } from './disk-answer.ts';
import type { CacheFolder } from './disk-folder.ts';
import { answerFolders, type FileGroup, groupsIn } from './disk-scan.ts';
import { keyText } from './keys.ts';

/** Something that is wrong in a folder of answers. */
export interface StoreProblem {
  readonly file: string;
  readonly problem: string;
}

/** Reads all answers with their bodies and tells what is wrong. `peek` reads one file of an answer. */
export function* verify(folder: CacheFolder, peek: (file: string) => DiskAnswer | null): Generator<StoreProblem, undefined> {
  for (const path of answerFolders(folder)) for (const group of groupsIn(folder, path)) yield* problems(folder, group, peek);
}

function* problems(
  folder: CacheFolder,
  { file, used, bodies }: FileGroup,
  peek: (file: string) => DiskAnswer | null,
): Generator<StoreProblem, undefined> {
  const answer = used < 0 ? null : peek(file);
  if (used >= 0 && answer === null) yield { file, problem: 'the file is damaged' };
  if (answer !== null && folder.fileOf(keyText(answer.key)) !== file)
    yield { file, problem: 'the file has the name of another answer' };
  for (const id of bodies) {
    if (id !== answer?.record.id || answer.body !== null)
      yield { file: bodyFile(file, id), problem: 'the body belongs to no answer' };
  }
  if (answer !== null && answer.body === null) {
    const problem = bodyProblem(answer);
    if (problem !== null) yield { file: answer.bodyFile, problem };
  }
}

function bodyProblem(answer: DiskAnswer): string | null {
  const { length } = answer;
  const reader = answer.open(0);
  if (reader === null) return `the body of ${length} bytes is gone or has another length`;
  while (reader.pull(never) !== null);
  return reader.failure === null ? null : 'the body is damaged';
}

function never(): void {
  // a file has all it has
}
